#include "architecture/read_replication.h"

#include <algorithm>

#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {

std::optional<model::Consistency> read_consistency(Fields& fields, const char* name, model::Verb verb) {
  const auto chosen = fields.choice(name, Need::optional, model::consistency_names(), "a level of consistency");
  if (!chosen) return std::nullopt;
  const auto level = static_cast<model::Consistency>(*chosen);
  if (level != model::Consistency::any || verb == model::Verb::put) return level;
  fields.report().add(
      fields.pointer_to(name), "conflict",
      "ANY is for writes: a write that is kept for a copy that is away is no answer to a read; the least for reads is ONE.");
  return std::nullopt;
}

std::optional<model::Replication> read_replication(Fields& outer) {
  const JsonValue* value = outer.find("replication", Need::optional);
  if (value == nullptr) return std::nullopt;
  Fields fields(*value, outer.pointer_to("replication"), outer.report());
  model::Replication replication;
  if (!fields.is_object()) return replication;
  replication.factor = fields.integer("factor", Need::optional, model::Replication::factor_max, 1, replication.factor);
  replication.read = read_consistency(fields, "read", model::Verb::get).value_or(replication.read);
  replication.write = read_consistency(fields, "write", model::Verb::put).value_or(replication.write);
  replication.speculative = sim::from_ms(fields.number("speculativeRetryMs", Need::optional, {0, 3'600'000}));
  if (const auto chosen = fields.choice("speculativeRetry", Need::optional, model::speculation_names(), "a quantile"))
    replication.speculative_quantile = model::speculation_quantile(*chosen);
  if (fields.has("speculativeRetry") && fields.has("speculativeRetryMs")) {
    fields.report().add(fields.pointer_to("speculativeRetry"), "conflict",
                        "A read waits for a time or for a quantile of the times of others; leave out one of the two.");
  }
  replication.read_repair = fields.flag("readRepair", Need::optional, replication.read_repair);
  replication.hint_window =
      sim::from_ms(fields.number("hintWindowMs", Need::optional, {0, 86'400'000}, sim::to_ms(replication.hint_window)));
  replication.hint_bytes = fields.integer("hintBytes", Need::optional, 1U << 24, 1, replication.hint_bytes);
  replication.hint_kib_per_second = fields.integer("hintKiBPerSecond", Need::optional, 1U << 20, 1, replication.hint_kib_per_second);
  fields.finish();
  return replication;
}

void check_replication(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (!service.serving.replication || package == nullptr) return;
  if (!package->replicates) {
    std::vector<std::string> names;
    for (const model::PackageInfo* info : packages::all()) {
      if (info->replicates) names.emplace_back(info->name);
    }
    fields.report().add(fields.pointer_to("replication"), "conflict",
                        "Services of package " + model::quoted(service.package) + " have no coordinators; a \"replication\" is for " +
                            model::joined(names) + ".");
  } else if (std::find(service.dependencies.begin(), service.dependencies.end(), service.name) == service.dependencies.end()) {
    fields.report().add(fields.pointer_to("replication"), "conflict",
                        "Copies are on other nodes of a cluster: the service has to name itself among its \"dependencies\".");
  }
}

}  // namespace architecture
