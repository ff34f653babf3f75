#pragma once
// What a run came to, as plain data, and its two forms. Everything but `wall_seconds` is a function of the document and the settings.

#include <array>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "model/batches.h"
#include "model/figures.h"
#include "model/histogram.h"
#include "model/world.h"

namespace tool {

inline constexpr double confidence = 0.95;  ///< chance that an interval holds the true figure
/// Of the response times.
inline constexpr std::array<double, 4> quantile_shares = {0.5, 0.95, 0.99, 0.999};

/// A rate or a share; 0 of nothing.
constexpr double per(double whole, double parts) {
  return parts > 0 ? whole / parts : 0;
}

/// Counts of the whole run, figures of its steady part (Report::period); all versions and places together, as the callers saw them.
struct ServiceFigures {
  std::string name;
  std::string package;
  bool load_source = false;  ///< as its users saw it: response only
  std::uint64_t instances = 0;
  std::uint64_t requests = 0;  ///< arrived; of a load source, sent by users
  std::uint64_t replies = 0;   ///< over, with whatever status
  std::uint64_t errors = 0;    ///< of the replies
  model::GroupFigures figures;
  std::vector<model::Interval> quantiles_ms;  ///< one for each of quantile_shares
  model::Histogram response;                  ///< cr - cs
  model::Histogram service;                   ///< ss - sr
  model::Histogram network;                   ///< (sr - cs) + (cr - ss)
};

/// The calls from one service to another, each attempt of its own.
struct LinkFigures {
  std::string source;
  std::string target;
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;  ///< over, with whatever status; of the requests that expect an answer
  std::uint64_t errors = 0;   ///< of the replies
  model::LinkFigures figures;
};

/// What a function did in all regions, and what it costs.
struct FunctionFigures {
  std::string service;
  model::FunctionCount count;
  double gb_seconds = 0;
  double dollars = 0;
};

struct Report {
  std::string architecture;
  std::uint64_t seed = 0;
  std::uint32_t regions = 1;
  std::uint32_t scale_percent = 100;
  sim::Time simulated = 0;
  double wall_seconds = 0;
  bool cold_start = false;
  std::optional<sim::Time> all_up;  ///< when all that it began with was up
  std::uint64_t instances = 0;
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
  std::uint64_t fingerprint = 0;
  model::Period period;                    ///< what the figures are of: without the warm-up
  ServiceFigures users;                    ///< all load sources together
  std::vector<ServiceFigures> services;    ///< along the way of a request, load sources first
  std::vector<LinkFigures> links;          ///< in the order of the services
  std::vector<FunctionFigures> functions;  ///< of those services that are such
};

/// How long batches are, so that a run has enough of them and never joins two.
sim::Time batch_of(sim::Time duration);

/// Who it was, and how it went as a whole.
Report make_head(const model::World& world);
/// The head, and all figures. `marks` are of this World. Settings and wall time are the caller's to fill in.
Report make_report(const model::World& world, const model::Marks& marks);

/// 16 hexadecimal digits.
std::string fingerprint_text(std::uint64_t fingerprint);

void print_text(const Report& report, bool histograms, std::ostream& out);
void print_histograms(const Report& report, std::ostream& out);
void print_json(const Report& report, bool histograms, std::ostream& out);
/// Of the head.
void print_json_fingerprint(const Report& report, std::ostream& out);

}  // namespace tool
