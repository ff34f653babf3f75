#pragma once
// Columns of text for people: names to the left, figures to the right. Plain value.

#include <iosfwd>
#include <string>
#include <vector>

namespace tool {

class Table {
 public:
  struct Column {
    std::string title;
    bool left = false;  ///< of names; figures stand to the right
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// REQUIRES: as many as there are columns. UTF-8; every code point counts as one place.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  /// The titles, then the rows; two blanks between columns, none at the end of a line.
  void print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Three decimals, and up to six when it is less than a tenth: "12.345", "0.0471".
std::string decimal_text(double value);
/// With the decimals of `like`, and never 0 unless it is.
std::string decimal_text(double value, double like);
/// A share as a percentage: "0.42", and "<0.01" for what would be 0.00 and is not.
std::string percent_text(double share);
/// One decimal: "100.2".
std::string rate_text(double per_second);

}  // namespace tool
