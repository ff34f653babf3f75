#include "model/primary.h"

#include <utility>

namespace model {
namespace {

DistributionSpec constant(double ms) {
  DistributionSpec spec;
  spec.mean_ms = ms;
  return spec;
}

DistributionSpec exponential(double ms) {
  DistributionSpec spec = constant(ms);
  spec.kind = DistributionSpec::Kind::exponential;
  return spec;
}

DistributionSpec uniform(double from_ms, double to_ms) {
  DistributionSpec spec;
  spec.kind = DistributionSpec::Kind::uniform;
  spec.min_ms = from_ms;
  spec.max_ms = to_ms;
  return spec;
}

struct Preset {
  std::string name;
  PrimarySpec spec;
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list{
      {"mongodb",
       {.read_from = ReadFrom::primary,
        .lag = exponential(10),
        .acknowledgements = PrimarySpec::majority_acknowledges,
        .goes_on = false,
        .needs_majority = true,
        .detection = constant(10'000),
        .failover = constant(2'000)}},
      {"rdsMultiAz",
       {.read_from = ReadFrom::primary,
        .lag = exponential(2),
        .acknowledgements = 1,
        .goes_on = true,
        .detection = constant(0),
        .failover = uniform(60'000, 120'000)}},
      {"aurora",
       {.read_from = ReadFrom::secondary,
        .lag = exponential(20),
        .shared_storage = true,
        .detection = constant(0),
        .failover = uniform(10'000, 30'000)}},
      {"mysql",
       {.read_from = ReadFrom::secondary,
        .lag = exponential(100),
        .detection = uniform(9'000, 12'000),
        .failover = uniform(1'000, 18'000)}},
  };
  return list;
}

}  // namespace

const std::vector<std::string>& read_from_names() {
  static const std::vector<std::string> names{"primary", "secondary", "nearest"};
  return names;
}

const std::vector<std::string>& primary_preset_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Preset& preset : presets()) all.push_back(preset.name);
    return all;
  }();
  return names;
}

const PrimarySpec& primary_preset(std::size_t number) {
  return presets().at(number).spec;
}

Primary make_primary(const PrimarySpec& spec) {
  return {spec, make_distribution(spec.lag), make_distribution(spec.detection), make_distribution(spec.failover)};
}

}  // namespace model
