#pragma once
// What a run came to, as plain data, and its two forms. Everything but `wall_seconds` is a function of the document and the settings.

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "model/histogram.h"
#include "model/world.h"

namespace tool {

/// The versions and places of a service together, as its callers saw them; a load source as its users saw it (response only).
struct ServiceFigures {
  std::string name;
  std::string package;
  bool load_source = false;
  std::uint64_t instances = 0;
  std::uint64_t requests = 0;  ///< arrived; of a load source, sent by users
  std::uint64_t replies = 0;   ///< over, with whatever status
  std::uint64_t errors = 0;    ///< of the replies
  double busy_ns = 0;          ///< of all workers together
  double worker_ns = 0;        ///< workers times time
  model::Histogram response;   ///< cr - cs
  model::Histogram service;    ///< ss - sr
  model::Histogram network;    ///< (sr - cs) + (cr - ss)

  /// Share of the workers' time that was spent at work, 0 to 1.
  double utilisation() const { return worker_ns > 0 ? busy_ns / worker_ns : 0; }
};

/// The calls from one service to another, each attempt of its own.
struct LinkFigures {
  std::string source;
  std::string target;
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;  ///< over, with whatever status; of the requests that expect an answer
  std::uint64_t errors = 0;   ///< of the replies
  std::uint64_t response_ns = 0;
};

struct Report {
  std::string architecture;
  std::uint64_t seed = 0;
  std::uint32_t regions = 1;
  std::uint32_t scale_percent = 100;
  sim::Time simulated = 0;
  double wall_seconds = 0;
  std::uint64_t instances = 0;
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
  std::uint64_t fingerprint = 0;
  std::vector<ServiceFigures> services;  ///< along the way of a request, load sources first
  std::vector<LinkFigures> links;        ///< in the order of the services
};

/// Everything that the World knows of; settings and wall time are the caller's to fill in.
Report make_report(const model::World& world);

/// 16 hexadecimal digits.
std::string fingerprint_text(std::uint64_t fingerprint);

void print_text(const Report& report, bool histograms, std::ostream& out);
void print_histograms(const Report& report, std::ostream& out);
void print_json(const Report& report, bool histograms, std::ostream& out);
void print_json_fingerprint(const Report& report, std::ostream& out);

}  // namespace tool
