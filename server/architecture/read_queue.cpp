#include "architecture/read_queue.h"

#include <algorithm>
#include <set>

#include "architecture/architecture.h"
#include "model/problem_text.h"
#include "packages/list.h"

namespace architecture {
namespace {

constexpr TextRule topic_rule{name_length_max, true};

model::TopicSpec read_topic(const JsonValue& value, const std::string& pointer, Report& report) {
  model::TopicSpec topic;
  if (value.kind == JsonValue::Kind::string) {
    if (check_text(value, topic_rule, pointer, report)) topic.name = value.text;
    return topic;
  }
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return topic;
  topic.name = fields.text("name", Need::required, topic_rule);
  topic.visibility = sim::from_ms(fields.number("visibilityTimeoutMs", Need::optional, {1, 43'200'000}, sim::to_ms(topic.visibility)));
  topic.max_receives = fields.integer("maxReceives", Need::optional, model::TopicSpec::receives_max, 1, 0);
  topic.depth_limit = fields.integer("depthLimit", Need::optional, model::TopicSpec::depth_max, 1, topic.depth_limit);
  topic.dead_letters = fields.text("deadLetters", Need::optional, topic_rule);
  topic.returns_failures = fields.flag("returnFailures", Need::optional);
  if (fields.has("deadLetters") && !fields.has("maxReceives")) {
    report.add(fields.pointer_to("deadLetters"), "conflict",
               "Without \"maxReceives\" no message dies, so none goes there; say after how many times one is dead.");
  }
  fields.finish();
  return topic;
}

/// Names are unique; the dead go to another topic, and do not come back from there.
void check_names(const std::vector<model::TopicSpec>& topics, const std::string& pointer, Report& report) {
  std::vector<std::string> names;
  names.reserve(topics.size());
  for (const model::TopicSpec& topic : topics) names.push_back(topic.name);
  const auto place_of = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  for (std::size_t t = 0; t < topics.size(); ++t) {
    const std::string here = item_pointer(pointer, t);
    if (!names[t].empty() && place_of(names[t]) < t) {
      report.add(here + (topics[t] == model::TopicSpec{.name = names[t]} ? "" : "/name"), "duplicateName",
                 "The topic " + model::quoted(names[t]) + " is already at " + item_pointer(pointer, place_of(names[t])) + ".");
    }
    const std::string& dead = topics[t].dead_letters;
    if (dead.empty()) continue;
    if (place_of(dead) == topics.size()) {
      const std::string nearest = model::nearest_name(dead, names);
      report.add(here + "/deadLetters", "unknownTopic",
                 "There is no topic " + model::quoted(dead) + " here" + (nearest.empty() ? "." : "; did you mean \"" + nearest + "\"?"),
                 model::nearest_first(dead, names));
      continue;
    }
    std::size_t next = place_of(dead);
    for (std::size_t step = 0; step < topics.size() && next < topics.size() && next != t; ++step)
      next = topics[next].dead_letters.empty() ? topics.size() : place_of(topics[next].dead_letters);
    if (next == t) {
      report.add(here + "/deadLetters", "conflict",
                 "Dead letters of " + model::quoted(names[t]) + " come back to it: they would go round for ever.");
    }
  }
}

}  // namespace

std::optional<model::QueueSpec> read_queue(Fields& outer) {
  const JsonValue* value = outer.find("queue", Need::optional);
  if (value == nullptr) return std::nullopt;
  model::QueueSpec queue;
  Fields fields(*value, outer.pointer_to("queue"), outer.report());
  if (!fields.is_object()) return queue;
  const JsonValue* list = fields.find("topics", Need::required);
  const std::string pointer = fields.pointer_to("topics");
  if (list != nullptr && check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) {
    if (list->items.empty()) {
      fields.report().add(pointer, "empty", "A broker needs at least one topic; leave out the \"queue\" for one called \"messages\".");
    } else if (list->items.size() > model::QueueSpec::topics_max) {
      fields.report().add(pointer, "tooMany", "There are more than " + std::to_string(model::QueueSpec::topics_max) + " topics.");
    } else {
      queue.topics.clear();
      for (std::size_t t = 0; t < list->items.size(); ++t) {
        queue.topics.push_back(read_topic(list->items[t], item_pointer(pointer, t), fields.report()));
      }
      check_names(queue.topics, pointer, fields.report());
    }
  }
  fields.finish();
  return queue;
}

std::vector<Consume> read_consumes(Fields& outer) {
  std::vector<Consume> consumes;
  const JsonValue* list = outer.find("consumes", Need::optional);
  const std::string pointer = outer.pointer_to("consumes");
  Report& report = outer.report();
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, report)) return consumes;
  if (list->items.size() > services_max) {
    report.add(pointer, "tooMany", "There are more than " + std::to_string(services_max) + " of these.");
    return consumes;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const JsonValue& value = list->items[i];
    const std::string here = item_pointer(pointer, i);
    Consume consume;
    if (value.kind == JsonValue::Kind::string) {
      if (check_text(value, filled_rule, here, report)) consume.service = value.text;
    } else {
      Fields fields(value, here, report);
      if (fields.is_object()) {
        consume.service = fields.text("service", Need::required, filled_rule);
        consume.topic = fields.text("topic", Need::optional, topic_rule);
        consume.at_once = fields.integer("atOnce", Need::optional, model::ConsumeSpec::at_once_max, 1, 0);
        fields.finish();
      }
    }
    consumes.push_back(std::move(consume));
  }
  return consumes;
}

void check_queue(Fields& fields, const Service& service) {
  const model::PackageInfo* package = packages::find(service.package);
  if (package == nullptr) return;
  const std::string whose = "Services of package " + model::quoted(service.package);
  if (service.serving.queue && !package->publishes) {
    fields.report().add(fields.pointer_to("queue"), "conflict",
                        whose + " keep no messages; a \"queue\" is for services of package \"queue\".");
  }
  if (!service.consumes.empty() && (package->load_source || package->wakes || package->publishes)) {
    fields.report().add(fields.pointer_to("consumes"), "conflict",
                        whose + " take no messages: they " + (package->publishes ? "keep them." : "do nothing for a request."));
  }
}

namespace {

/// What is named in a document as a topic of a service.
class TopicCheck {
 public:
  TopicCheck(const Architecture& document, Report& report) : document_(document), report_(report) {}

  void run() {
    for (std::size_t s = 0; s < document_.services.size(); ++s) {
      const Service& service = document_.services[s];
      const std::string here = item_pointer("/services", s);
      for (std::size_t d = 0; d < service.dependencies.size(); ++d) {
        if (!service.calls[d].topic.empty())
          check(service.dependencies[d], service.calls[d].topic, item_pointer(here + "/dependencies", d), "\"topic\"");
      }
      std::set<std::pair<std::string, std::string>> taken;
      for (std::size_t c = 0; c < service.consumes.size(); ++c) {
        const Consume& consume = service.consumes[c];
        const std::string pointer = item_pointer(here + "/consumes", c);
        if (consume.service.empty() || !check(consume.service, consume.topic, pointer, "\"consumes\"")) continue;
        const std::string topic = consume.topic.empty() ? topics_of(consume.service).front().name : consume.topic;
        if (!taken.emplace(consume.service, topic).second) {
          report_.add(pointer, "duplicateName", "Messages of " + model::quoted(topic) + " are taken already; say it once.");
        }
      }
    }
  }

 private:
  const Service* find(const std::string& name) const {
    const auto place = std::find_if(document_.services.begin(), document_.services.end(), [&](const Service& s) { return s.name == name; });
    return place == document_.services.end() ? nullptr : &*place;
  }

  std::vector<model::TopicSpec> topics_of(const std::string& broker) const {
    return find(broker)->serving.queue.value_or(model::QueueSpec{}).topics;
  }

  /// Whether the broker is one and has the topic; "" is its first.
  bool check(const std::string& broker, const std::string& topic, const std::string& pointer, const std::string& what) {
    const Service* service = find(broker);
    if (service == nullptr) {
      if (what == "\"topic\"") return false;  // reported as a dependency
      std::vector<std::string> names;
      for (const Service& other : document_.services) names.push_back(other.name);
      const std::string nearest = model::nearest_name(broker, names);
      report_.add(pointer, "unknownService",
                  "There is no service " + model::quoted(broker) + (nearest.empty() ? "." : "; did you mean \"" + nearest + "\"?"),
                  model::nearest_first(broker, names));
      return false;
    }
    const model::PackageInfo* package = packages::find(service->package);
    if (package == nullptr) return false;  // reported where it was read
    if (!package->publishes) {
      report_.add(pointer, "conflict",
                  model::quoted(broker) + " is of package " + model::quoted(service->package) + " and keeps no messages; " + what +
                      " is for services of package \"queue\".");
      return false;
    }
    if (topic.empty()) return true;
    std::vector<std::string> names;
    for (const model::TopicSpec& known : topics_of(broker)) names.push_back(known.name);
    if (std::find(names.begin(), names.end(), topic) != names.end()) return true;
    const std::string nearest = model::nearest_name(topic, names);
    report_.add(pointer + "/topic", "unknownTopic",
                model::quoted(broker) + " has no topic " + model::quoted(topic) +
                    (nearest.empty() ? "; it has " + model::joined(names) + "." : "; did you mean \"" + nearest + "\"?"),
                model::nearest_first(topic, names));
    return false;
  }

  const Architecture& document_;
  Report& report_;
};

}  // namespace

void check_topics(const Architecture& document, Report& report) {
  TopicCheck(document, report).run();
}

}  // namespace architecture
