#include "http/routes/histograms.h"

#include <algorithm>

#include "http/wire.h"

namespace http::routes {

model::Histogram merged_histogram(const run::Structure& structure, const run::Histograms* histograms, std::uint32_t service,
                                  const std::string& zone, HistogramKind kind) {
  model::Histogram all;
  if (histograms == nullptr) return all;
  const std::size_t cells = std::min(structure.cells.size(), histograms->cells.size());
  for (std::size_t i = 0; i < cells; ++i) {
    const run::GroupInfo& group = structure.groups[structure.cells[i].group];
    if (group.service != service || (!zone.empty() && structure.locations[group.location].id != zone)) continue;
    const run::CellHistograms& cell = histograms->cells[i];
    switch (kind) {
      case HistogramKind::response:
        all.merge(cell.response);
        break;
      case HistogramKind::service:
        all.merge(cell.service);
        break;
      case HistogramKind::network:
        all.merge(cell.network);
        break;
    }
  }
  return all;
}

std::uint64_t error_count(const run::Structure& structure, const run::Histograms* histograms, std::uint32_t service) {
  std::uint64_t errors = 0;
  if (histograms == nullptr) return errors;
  const std::size_t cells = std::min(structure.cells.size(), histograms->cells.size());
  for (std::size_t i = 0; i < cells; ++i) {
    if (structure.groups[structure.cells[i].group].service == service) errors += histograms->cells[i].errors;
  }
  return errors;
}

void write_histogram(JsonWriter& json, const char* kind, const model::Histogram& histogram) {
  json.begin_object().member("kind", kind).member("unit", "ms").member("count", histogram.count());
  write_quantiles(json, histogram);
  json.key("buckets").begin_array();
  for (const model::Histogram::Bucket& bucket : histogram.buckets()) {
    json.begin_object().member("fromMs", sim::to_ms(bucket.from)).member("toMs", sim::to_ms(bucket.to)).member("count", bucket.count);
    json.end_object();
  }
  json.end_array().end_object();
}

run::CellCount service_count(const run::Structure& structure, const run::Counters& counters, std::uint32_t service) {
  run::CellCount all;
  const std::size_t cells = std::min(structure.cells.size(), counters.cells.size());
  for (std::size_t i = 0; i < cells; ++i) {
    if (structure.groups[structure.cells[i].group].service != service) continue;
    all.requests += counters.cells[i].requests;
    all.errors += counters.cells[i].errors;
    all.replies += counters.cells[i].replies;
    all.useless += counters.cells[i].useless;
    for (std::size_t c = 0; c < all.shed.size(); ++c) all.shed[c] += counters.cells[i].shed[c];
  }
  return all;
}

}  // namespace http::routes
