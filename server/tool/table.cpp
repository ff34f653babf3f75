#include "tool/table.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <ostream>

namespace tool {
namespace {

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

void Table::print(std::ostream& out) const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(width_of(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string blanks(widths[c] - width_of(row[c]), ' ');
      line += (c > 0 ? "  " : "") + (columns_[c].left ? row[c] + blanks : blanks + row[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  print_row(titles);
  for (const auto& row : rows_) print_row(row);
}

std::string decimal_text(double value) {
  return decimal_text(value, value);
}

std::string decimal_text(double value, double like) {
  struct Form {
    double from;
    const char* format;
    double least;
  };
  constexpr Form forms[] = {{0.1, "%.3f", 0.001}, {0.01, "%.4f", 0.0001}, {0.001, "%.5f", 0.00001}, {0, "%.6f", 0.000001}};
  const Form* const form = like == 0 ? forms : std::find_if(forms, std::end(forms), [like](const Form& f) { return like >= f.from; });
  return number(form->format, value > 0 ? std::max(value, form->least) : value);
}

std::string percent_text(double share) {
  return share > 0 && share < 0.00005 ? "<0.01" : number("%.2f", share * 100);
}

std::string rate_text(double per_second) {
  return number("%.1f", per_second);
}

}  // namespace tool
