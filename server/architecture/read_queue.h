#pragma once
// Brokers and who takes their messages: the members "queue" and "consumes" of a service, and what can only be said of a document as a
// whole.

#include <optional>
#include <vector>

#include "architecture/read_fields.h"
#include "model/queue.h"

namespace architecture {

struct Architecture;
struct Service;
struct Consume;

/// Nothing when the service has none.
std::optional<model::QueueSpec> read_queue(Fields& fields);
std::vector<Consume> read_consumes(Fields& fields);

/// Reports them where the package has no use for them. REQUIRES: the service was read.
void check_queue(Fields& fields, const Service& service);

/// Reports topics that are not there, and services that are named as brokers and are none. REQUIRES: nothing else is wrong with names.
void check_topics(const Architecture& document, Report& report);

}  // namespace architecture
