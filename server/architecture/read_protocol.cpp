#include "architecture/read_protocol.h"

#include <algorithm>

#include "model/problem_text.h"

namespace architecture {
namespace {

constexpr NumberRange ns_per_byte_range{0, 10'000};
constexpr NumberRange size_factor_range{0.01, 100};

void read_figures(Fields& fields, model::Protocol& protocol) {
  protocol.serialize_ns_per_byte = fields.number("serializeNsPerByte", Need::required, ns_per_byte_range);
  protocol.deserialize_ns_per_byte = fields.number("deserializeNsPerByte", Need::required, ns_per_byte_range);
  protocol.size_factor = fields.number("sizeFactor", Need::required, size_factor_range, 1);
}

model::Protocol find_protocol(const std::string& name, const std::string& pointer, const Protocols& protocols, Report& report) {
  std::vector<std::string> known;
  for (const model::Protocol& protocol : protocols) {
    if (protocol.name == name) return protocol;
    known.push_back(protocol.name);
  }
  const std::string nearest = model::nearest_name(name, known);
  const std::string others = known.empty() ? "none has a name here" : "known are " + model::joined(known);
  const std::string hint = nearest.empty() ? others + "." : "did you mean \"" + nearest + "\"?";
  report.add(pointer, "unknownProtocol", "There is no protocol " + model::quoted(name) + "; " + hint, model::nearest_first(name, known));
  return {};
}

}  // namespace

model::Protocol read_protocol(const JsonValue& value, const std::string& pointer, const Protocols& protocols, Report& report) {
  if (value.kind == JsonValue::Kind::string) return find_protocol(value.text, pointer, protocols, report);
  model::Protocol protocol;
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be the name of a protocol or an object with its figures, not ") + kind_name(value.kind) + ".");
    return protocol;
  }
  Fields fields(value, pointer, report);
  protocol.name = fields.text("name", Need::required, name_rule);
  read_figures(fields, protocol);
  fields.finish();
  return protocol;
}

Protocols read_protocols(Fields& fields) {
  Protocols protocols;
  const JsonValue* list = fields.find("protocols", Need::required);
  if (list == nullptr) return protocols;
  const Fields names(*list, fields.pointer_to("protocols"), fields.report());  // says what is given twice
  if (!names.is_object()) return protocols;
  if (list->names.size() > protocols_max) {
    fields.report().add(names.pointer(), "tooMany", "There are more than " + std::to_string(protocols_max) + " protocols.");
    return protocols;
  }
  for (std::size_t i = 0; i < list->names.size(); ++i) {
    model::Protocol protocol;
    protocol.name = list->names[i];
    const std::string pointer = names.pointer_to(protocol.name);
    JsonValue name;
    name.kind = JsonValue::Kind::string;
    name.text = protocol.name;
    check_text(name, name_rule, pointer, fields.report());
    Fields figures(list->items[i], pointer, fields.report());
    if (!figures.is_object()) continue;
    figures.text("why", Need::optional, text_rule);
    figures.text("source", Need::optional, text_rule);
    read_figures(figures, protocol);
    figures.finish();
    protocols.push_back(std::move(protocol));
  }
  return protocols;
}

}  // namespace architecture
