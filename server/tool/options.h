#pragma once
// What `simianviz run` was told. Names, bounds and defaults are here and nowhere else.

#include <cstdint>
#include <string>
#include <variant>

#include "sim/time.h"

namespace tool {

enum class Form { text, json };

struct Options {
  std::string architecture;  ///< a name in the folder of documents, or the path of one
  std::string scenario;      ///< in place of an architecture: its name
  std::string config;        ///< "" for the usual one
  sim::Time duration = 60 * sim::second;
  std::uint64_t seed = 1;
  bool seeded = false;  ///< the seed was given
  std::uint32_t regions = 1;
  std::uint32_t scale_percent = 100;
  double speed = 0;      ///< simulated seconds a second; 0: flat out
  unsigned threads = 1;  ///< at most one a region is made use of
  Form form = Form::text;
  bool fingerprint = false;    ///< nothing but the fingerprint
  bool histograms = false;     ///< also the distributions
  std::string trace_events;    ///< file to write every event to, "" for none
  std::string compare_events;  ///< file to compare every event with, "" for none
};

inline constexpr sim::Time duration_max = sim::hour * 24 * 365;
inline constexpr unsigned threads_max = 64;  ///< a region runs on one, so more than there are regions would wait

/// Why there are none: what to print, to the standard output when the status is 0 (after --help), else one line of what is wrong.
struct NoOptions {
  int status = 2;
  std::string text;
};

/// `arguments[0]` is the command itself.
std::variant<Options, NoOptions> read_options(int count, const char* const* arguments);

}  // namespace tool
