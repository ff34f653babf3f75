#include <set>

#include "architecture/read_fields.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

constexpr std::size_t zones_max = 26;
constexpr NumberRange delay_ms{0, 10'000};
constexpr NumberRange bandwidth_mbps{0.01, 1'000'000};

bool is_address_range(const std::string& text) {
  // Two groups of one to three digits: spigo's own ranges go beyond 255.
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return false;
  const auto group = [](const std::string& digits) {
    return !digits.empty() && digits.size() <= 3 && digits.find_first_not_of("0123456789") == std::string::npos;
  };
  return group(text.substr(0, dot)) && group(text.substr(dot + 1));
}

void check_unique(const std::vector<std::string>& names, const std::string& pointer, Report& report) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty() || seen.insert(names[i]).second) continue;
    report.add(item_pointer(pointer, i), "duplicateName", model::quoted(names[i]) + " is there twice.");
  }
}

Region read_region(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  Region region;
  if (!fields.is_object()) return region;
  region.name = fields.text("name", Need::required, name_rule);
  region.continent = fields.text("continent", Need::required, text_rule);
  region.zones = fields.texts("zones", Need::required, name_rule, zones_max);
  region.address_ranges = fields.texts("addressRanges", Need::required, text_rule, zones_max);
  if (region.zones.empty() && fields.has("zones")) report.add(fields.pointer_to("zones"), "empty", "A region needs at least one zone.");
  check_unique(region.zones, fields.pointer_to("zones"), report);
  if (region.address_ranges.size() != region.zones.size()) {
    report.add(fields.pointer_to("addressRanges"), "wrongCount", "There has to be one address range for each zone.");
  }
  for (std::size_t i = 0; i < region.address_ranges.size(); ++i) {
    const std::string& range = region.address_ranges[i];
    if (range.empty() || is_address_range(range)) continue;
    report.add(item_pointer(fields.pointer_to("addressRanges"), i), "badText",
               model::quoted(range) + " is not two numbers joined by a dot.");
  }
  fields.finish();
  return region;
}

std::vector<Region> read_list(Fields& fields) {
  const JsonValue* list = fields.find("regions", Need::required);
  const std::string pointer = fields.pointer_to("regions");
  std::vector<Region> regions;
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return regions;
  if (list->items.empty() || list->items.size() > regions_max) {
    fields.report().add(pointer, "outOfRange", "There have to be 1 to " + std::to_string(regions_max) + " regions.");
    return regions;
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    regions.push_back(read_region(list->items[i], item_pointer(pointer, i), fields.report()));
    const std::string& name = regions.back().name;
    if (name.empty() || names.insert(name).second) continue;
    fields.report().add(item_pointer(pointer, i) + "/name", "duplicateName", "The region " + model::quoted(name) + " is there twice.");
  }
  return regions;
}

/// A square of one-way delays, a row and a column for each region in the order of `regions`.
std::vector<std::vector<double>> read_matrix(Fields& fields, std::size_t size) {
  const JsonValue* rows = fields.find("betweenMs", Need::required);
  const std::string pointer = fields.pointer_to("betweenMs");
  std::vector<std::vector<double>> matrix;
  Report& report = fields.report();
  if (rows == nullptr || !check_kind(*rows, JsonValue::Kind::array, pointer, report)) return matrix;
  const std::string expected = "There has to be one of these for each of the " + std::to_string(size) + " regions.";
  if (rows->items.size() != size) report.add(pointer, "wrongCount", expected);
  for (std::size_t i = 0; i < rows->items.size() && i < size; ++i) {
    const JsonValue& row = rows->items[i];
    const std::string row_pointer = item_pointer(pointer, i);
    if (!check_kind(row, JsonValue::Kind::array, row_pointer, report)) continue;
    if (row.items.size() != size) report.add(row_pointer, "wrongCount", expected);
    std::vector<double>& values = matrix.emplace_back();
    for (std::size_t j = 0; j < row.items.size() && j < size; ++j) {
      const NumberRange range = i == j ? NumberRange{0, 0} : NumberRange{0.001, delay_ms.max};
      check_number(row.items[j], range, item_pointer(row_pointer, j), report);
      values.push_back(row.items[j].number);
    }
  }
  return matrix;
}

}  // namespace

std::variant<Regions, Problems> read_regions(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  Regions result;
  Fields fields(std::get<JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    fields.text("description", Need::optional, text_rule);
    fields.text("source", Need::optional, text_rule);
    result.same_zone_ms = fields.number("sameZoneMs", Need::required, delay_ms);
    result.other_zone_ms = fields.number("otherZoneMs", Need::required, delay_ms);
    result.global_ms = fields.number("globalMs", Need::required, delay_ms);
    result.jitter = fields.number("jitter", Need::required, {0, 1});
    result.same_zone_mbps = fields.number("sameZoneMbps", Need::optional, bandwidth_mbps);
    result.other_zone_mbps = fields.number("otherZoneMbps", Need::optional, bandwidth_mbps);
    result.between_regions_mbps = fields.number("betweenRegionsMbps", Need::optional, bandwidth_mbps);
    result.global_mbps = fields.number("globalMbps", Need::optional, bandwidth_mbps);
    result.regions = read_list(fields);
    result.between_ms = read_matrix(fields, result.regions.size());
    fields.finish();
  }
  if (!report.empty()) return report.take();
  return result;
}

}  // namespace architecture
