#include "architecture/change_document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace architecture {
namespace {

JsonValue* member(JsonValue& object, const std::string& name) {
  for (std::size_t i = 0; i < object.names.size(); ++i) {
    if (object.names[i] == name) return &object.items[i];
  }
  return nullptr;
}

void set(JsonValue& object, const std::string& name, JsonValue value) {
  if (JsonValue* present = member(object, name)) {
    *present = std::move(value);
    return;
  }
  object.names.push_back(name);
  object.items.push_back(std::move(value));
}

void remove(JsonValue& object, const std::string& name) {
  const auto found = std::find(object.names.begin(), object.names.end(), name);
  if (found == object.names.end()) return;
  object.items.erase(object.items.begin() + (found - object.names.begin()));
  object.names.erase(found);
}

JsonValue merged(const JsonValue* present, const JsonValue& patch) {
  if (patch.kind != JsonValue::Kind::object) return patch;
  JsonValue result;
  if (present != nullptr && present->kind == JsonValue::Kind::object) result = *present;
  result.kind = JsonValue::Kind::object;
  for (std::size_t i = 0; i < patch.names.size(); ++i) {
    const std::string& name = patch.names[i];
    if (patch.items[i].kind == JsonValue::Kind::null) {
      remove(result, name);
    } else {
      set(result, name, merged(member(result, name), patch.items[i]));
    }
  }
  return result;
}

JsonValue text_value(const std::string& text) {
  JsonValue value;
  value.kind = JsonValue::Kind::string;
  value.text = text;
  return value;
}

void change_services(JsonValue& services, const JsonValue& changes) {
  for (std::size_t i = 0; i < changes.names.size(); ++i) {
    const auto is_it = [&](JsonValue& service) {
      const JsonValue* name = service.kind == JsonValue::Kind::object ? member(service, "name") : nullptr;
      return name != nullptr && name->text == changes.names[i];
    };
    const auto found = std::find_if(services.items.begin(), services.items.end(), is_it);
    if (changes.items[i].kind == JsonValue::Kind::null) {
      if (found != services.items.end()) services.items.erase(found);
    } else if (found != services.items.end()) {
      *found = merged(&*found, changes.items[i]);
    } else {
      JsonValue service = changes.items[i];
      if (service.kind == JsonValue::Kind::object && member(service, "name") == nullptr) set(service, "name", text_value(changes.names[i]));
      services.items.push_back(std::move(service));
    }
  }
}

void append_text(const std::string& text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      out += code.data();
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void append(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      out += "null";
      return;
    case JsonValue::Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonValue::Kind::number: {
      std::array<char, 32> digits{};
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value.number);
      out.append(digits.data(), end.ptr);
      return;
    }
    case JsonValue::Kind::string:
      return append_text(value.text, out);
    case JsonValue::Kind::array:
    case JsonValue::Kind::object:
      break;
  }
  const bool object = value.kind == JsonValue::Kind::object;
  out.push_back(object ? '{' : '[');
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (object) {
      append_text(value.names[i], out);
      out += ": ";
    }
    append(value.items[i], out);
  }
  out.push_back(object ? '}' : ']');
}

}  // namespace

JsonValue change_document(const JsonValue& document, const JsonValue& changes) {
  JsonValue rest = changes;
  JsonValue services;
  const JsonValue* given = member(rest, "services");
  const bool by_name = given != nullptr && given->kind == JsonValue::Kind::object;
  if (by_name) {
    services = *given;
    remove(rest, "services");
  }
  JsonValue result = merged(&document, rest);
  JsonValue* present = member(result, "services");
  if (by_name && present != nullptr && present->kind == JsonValue::Kind::array) change_services(*present, services);
  return result;
}

std::string json_text(const JsonValue& value) {
  std::string out;
  append(value, out);
  return out;
}

}  // namespace architecture
