#pragma once
// Where things are, and how long a message takes between two places.
//
// One way takes base + jitter: base = mean * (1 - jitter share), jitter exponential with the rest as its mean; so the mean is the
// configured one and nothing is faster than the base. The smallest base between two shards is the look-ahead of conservative
// synchronisation.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/distribution.h"
#include "sim/time.h"

namespace model {

inline constexpr std::uint32_t outside = 0xffffffffU;

/// A zone; a region as a whole (zone == outside); or the world outside any region (both outside).
struct Location {
  std::uint32_t region = outside;  ///< index of World::regions
  std::uint32_t zone = outside;    ///< index within the region
  std::string id;                  ///< "us-east-1.zoneA", "us-east-1.*", "*.*"
};

struct NetworkSpec {
  double same_zone_ms = 0.1;
  double other_zone_ms = 0.4;
  double global_ms = 10;
  double jitter = 0.1;
  std::vector<std::vector<double>> between_ms;  ///< region to region
  // Bandwidth of one connection in megabits a second, for messages with sizes; 0: without limit.
  double same_zone_mbps = 0;
  double other_zone_mbps = 0;
  double between_regions_mbps = 0;
  double global_mbps = 0;
};

/// Plain value; const after it is made.
class Network {
 public:
  Network() = default;
  Network(const NetworkSpec& spec, const std::vector<Location>& locations);

  /// How it is to go from one place to another: an index of classes, few of them.
  std::uint16_t way(std::uint32_t from, std::uint32_t to) const { return class_of_[from * locations_ + to]; }
  sim::Time delay(std::uint16_t way, std::uint64_t random) const {
    const Class& c = classes_[way];
    return c.base + (c.jitter == 0 ? 0 : static_cast<sim::Time>((sim::WideSigned{unit_.sample(random)} * c.jitter) >> unit_bits));
  }
  /// How long so many bytes take to pass.
  sim::Time transfer(std::uint16_t way, std::uint64_t bytes) const {
    return static_cast<sim::Time>((sim::Wide{bytes} * classes_[way].per_byte) >> rate_bits);
  }
  bool jittered() const { return jittered_; }

  /// The least delay between places of different shards; sim::never when there is one shard. `shard[l]`: the shard of location l.
  sim::Time look_ahead(const std::vector<std::uint32_t>& shard) const;

 private:
  struct Class {
    sim::Time base = 0;
    sim::Time jitter = 0;  ///< its mean
    double mean_ms = 0;
    std::uint64_t per_byte = 0;  ///< ns, times 2^rate_bits
    double mbps = 0;
  };
  static constexpr int rate_bits = 20;
  static constexpr int unit_bits = 30;

  std::uint16_t class_for(double mean_ms, double mbps, double jitter);

  std::vector<Class> classes_;
  sim::Distribution unit_;  ///< exponential, mean 2^unit_bits: one table for all classes stays in the cache
  std::vector<std::uint16_t> class_of_;
  std::size_t locations_ = 0;
  bool jittered_ = false;
};

}  // namespace model
