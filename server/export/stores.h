#pragma once
// Stores that instances share, for Prometheus: queues, databases with a primary, clusters with copies.

#include "export/family.h"
#include "run/snapshot.h"

namespace exporting {

struct StoreFamilies {
  using Type = prometheus::MetricType;
  Family queue_messages{"simianviz_queue_messages", "Messages that wait, or are taken and not acknowledged.", Type::Gauge};
  Family queue_oldest{"simianviz_queue_oldest_seconds", "How long the oldest message that waits has been there.", Type::Gauge};
  Family queue_events{"simianviz_queue_messages_total", "Messages, by what happened to them.", Type::Counter};
  Family queue_times{"simianviz_queue_end_to_end_seconds", "Simulated time from publishing to acknowledging.", Type::Histogram};
  Family set_primary{"simianviz_primary_up", "1 when there is a primary.", Type::Gauge};
  Family set_elections{"simianviz_primary_elections_total", "Elections of another primary.", Type::Counter};
  Family set_writes{"simianviz_primary_writes_total", "Writes, by what became of them.", Type::Counter};
  Family set_reads{"simianviz_primary_secondary_reads_total", "Reads that secondaries answered, by whether they had the last write.",
                   Type::Counter};
  Family set_lag{"simianviz_primary_lag_seconds", "Simulated time from a write to when a secondary has it.", Type::Histogram};
  Family set_behind{"simianviz_primary_behind_writes", "Writes that a secondary has not yet.", Type::Gauge};
  Family cluster{"simianviz_replication_total", "What coordinators of clusters did, by kind.", Type::Counter};

  void collect(const std::string& simulation, const run::Snapshot& snapshot);
  void move_to(std::vector<prometheus::MetricFamily>& all);
};

}  // namespace exporting
