#include "http/schema.h"

#include <algorithm>
#include <utility>

namespace http {
namespace {

Field make(std::string name, Field::Kind kind, std::string description, double min = 0, double max = 0) {
  Field field;
  field.name = std::move(name);
  field.kind = kind;
  field.description = std::move(description);
  field.min = min;
  field.max = max;
  return field;
}

void write_object(JsonWriter& json, const Field& field, bool sealed) {
  json.member("type", "object");
  json.key("properties").begin_object();
  for (const Field& member : field.fields) {
    json.key(member.name);
    write_schema(json, member, sealed);
  }
  json.end_object();
  bool any_required = false;
  for (const Field& member : field.fields) any_required |= member.required;
  if (any_required) {
    json.key("required").begin_array();
    for (const Field& member : field.fields) {
      if (member.required) json.value(member.name);
    }
    json.end_array();
  }
  if (!sealed) return;
  json.key("additionalProperties");
  if (field.open)
    json.raw(R"({"type":["number","string"]})");
  else
    json.value(false);
}

void write_range(JsonWriter& json, const Field& field) {
  json.member("minimum", field.min).member("maximum", field.max);
}

}  // namespace

Field text(std::string name, std::string description, double max_length) {
  return make(std::move(name), Field::Kind::text, std::move(description), 0, max_length);
}
Field identifier(std::string name, std::string description, double max_length) {
  return make(std::move(name), Field::Kind::name, std::move(description), 1, max_length);
}
Field number(std::string name, std::string description, double min, double max) {
  return make(std::move(name), Field::Kind::number, std::move(description), min, max);
}
Field integer(std::string name, std::string description, double min, double max) {
  return make(std::move(name), Field::Kind::integer, std::move(description), min, max);
}
Field boolean(std::string name, std::string description) {
  return make(std::move(name), Field::Kind::boolean, std::move(description));
}
Field choice(std::string name, std::string description, std::vector<std::string> choices) {
  Field field = make(std::move(name), Field::Kind::choice, std::move(description));
  field.choices = std::move(choices);
  return field;
}
Field texts(std::string name, std::string description, double max_entries) {
  return make(std::move(name), Field::Kind::texts, std::move(description), 0, max_entries);
}
Field counts(std::string name, std::string description, double min, double max) {
  return make(std::move(name), Field::Kind::counts, std::move(description), min, max);
}
Field document(std::string name, std::string description) {
  return make(std::move(name), Field::Kind::document, std::move(description));
}
Field object(std::string name, std::string description, std::vector<Field> fields) {
  Field field = make(std::move(name), Field::Kind::object, std::move(description));
  field.fields = std::move(fields);
  return field;
}
Field anything(std::string name, std::string description) {
  return make(std::move(name), Field::Kind::value, std::move(description));
}
Field array(std::string name, std::string description, std::vector<Field> fields) {
  Field field = make(std::move(name), Field::Kind::array, std::move(description));
  field.fields = std::move(fields);
  return field;
}

bool may_be_left_out(const Field& body) {
  return body.kind == Field::Kind::object &&
         std::none_of(body.fields.begin(), body.fields.end(), [](const Field& f) { return f.required; });
}

void write_schema(JsonWriter& json, const Field& field, bool sealed) {
  json.begin_object();
  if (!field.description.empty()) json.member("description", field.description);
  switch (field.kind) {
    case Field::Kind::text:
      json.member("type", "string").member("maxLength", field.max);
      break;
    case Field::Kind::name:
      json.member("type", "string").member("pattern", "^[A-Za-z0-9._*-]+$").member("maxLength", field.max);
      break;
    case Field::Kind::number:
      json.member("type", "number");
      write_range(json, field);
      break;
    case Field::Kind::integer:
      json.member("type", "integer");
      write_range(json, field);
      break;
    case Field::Kind::boolean:
      json.member("type", "boolean");
      break;
    case Field::Kind::choice:
      json.member("type", "string").strings("enum", field.choices);
      break;
    case Field::Kind::texts:
      json.member("type", "array").member("maxItems", field.max).key("items").raw(R"({"type":"string"})");
      break;
    case Field::Kind::counts:
      json.member("type", "object").key("additionalProperties").begin_object().member("type", "integer");
      write_range(json, field);
      json.end_object();
      break;
    case Field::Kind::document:
      if (field.fields.empty()) {
        json.member("type", "object");
        break;
      }
      [[fallthrough]];
    case Field::Kind::object:
      write_object(json, field, sealed);
      break;
    case Field::Kind::value:
      break;
    case Field::Kind::array:
      json.member("type", "array").key("items").begin_object();
      write_object(json, field, sealed);
      json.end_object();
      break;
  }
  if (!field.default_json.empty()) json.key("default").raw(field.default_json);
  json.end_object();
}

}  // namespace http
