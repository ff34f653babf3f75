#include "http/body.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

namespace http {
namespace {

using Json = nlohmann::ordered_json;

class Checker {
 public:
  explicit Checker(InputProblems& problems) : problems_(problems) {}

  void object(const Json& json, const Field& schema, const std::string& pointer, Fields& out);

 private:
  void field(const Json& json, const Field& schema, const std::string& pointer, Fields& out);
  void number(const Json& json, const Field& schema, const std::string& pointer, Fields& out);
  void text(const Json& json, const Field& schema, const std::string& pointer, Fields& out);
  void texts(const Json& json, const Field& schema, const std::string& pointer, Fields& out);
  void counts(const Json& json, const Field& schema, const std::string& pointer, Fields& out);
  void unknown(const std::string& name, const Json& json, const Field& schema, const std::string& pointer, Fields& out);
  void wrong_type(const std::string& pointer, const char* wanted, const Json& json) {
    malformed({pointer, "wrongType", std::string("must be ") + wanted + ", not " + json.type_name(), {}});
  }
  void malformed(model::Problem problem) {
    problems_.status = 400;
    problems_.problems.push_back(std::move(problem));
  }
  void impossible(model::Problem problem) {
    if (problems_.status == 0) problems_.status = 422;
    problems_.problems.push_back(std::move(problem));
  }

  InputProblems& problems_;
};

std::string print(double number) {
  std::ostringstream out;
  out.precision(17);
  if (number == std::floor(number) && std::fabs(number) < 1e16)
    out << static_cast<long long>(number);
  else
    out << number;
  return out.str();
}

std::string range_text(const Field& schema) {
  return "must be " + print(schema.min) + " to " + print(schema.max);
}

std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  }
  return out;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '*';
}

/// "" when `text` is what `schema` wants.
std::string text_fault(const std::string& text, const Field& schema) {
  if (static_cast<double>(text.size()) > schema.max) return "must be at most " + print(schema.max) + " bytes long";
  if (static_cast<double>(text.size()) < schema.min) return "must not be empty";
  if (schema.kind == Field::Kind::name && !std::all_of(text.begin(), text.end(), is_name_character)) {
    return "must consist of letters, digits and . _ - *";
  }
  return "";
}

std::vector<std::string> names_of(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

model::Problem unknown_problem(std::string pointer, const char* code, const std::string& what, const std::string& name,
                               std::vector<std::string> known) {
  std::string message = "there is no " + what + " '" + name + "' here";
  const std::string nearest = model::nearest_name(name, known);
  if (!nearest.empty()) message += "; did you mean '" + nearest + "'?";
  return {std::move(pointer), code, std::move(message), std::move(known)};
}

void Checker::object(const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  if (!json.is_object()) return wrong_type(pointer, "an object", json);
  for (const auto& entry : json.items()) {
    const std::string& name = entry.key();
    const Json& member = entry.value();
    const auto known = std::find_if(schema.fields.begin(), schema.fields.end(), [&](const Field& f) { return f.name == name; });
    const std::string place = pointer + "/" + escaped(name);
    if (known == schema.fields.end())
      unknown(name, member, schema, place, out);
    else if (!member.is_null() || known->required)
      field(member, *known, place, out);
  }
  for (const Field& known : schema.fields) {
    if (known.required && !json.contains(known.name)) {
      malformed({pointer + "/" + known.name, "missingField", "is required", {}});
    }
  }
}

void Checker::unknown(const std::string& name, const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  if (!schema.open) return malformed(unknown_problem(pointer, "unknownField", "field", name, names_of(schema.fields)));
  if (json.is_number())
    out.numbers[name] = json.get<double>();
  else if (json.is_string())
    out.texts[name] = json.get<std::string>();
  else
    wrong_type(pointer, "a number or a string", json);
}

void Checker::field(const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  switch (schema.kind) {
    case Field::Kind::number:
    case Field::Kind::integer:
      return number(json, schema, pointer, out);
    case Field::Kind::text:
    case Field::Kind::name:
    case Field::Kind::choice:
      return text(json, schema, pointer, out);
    case Field::Kind::texts:
      return texts(json, schema, pointer, out);
    case Field::Kind::counts:
      return counts(json, schema, pointer, out);
    case Field::Kind::boolean:
      if (!json.is_boolean()) return wrong_type(pointer, "true or false", json);
      out.flags[schema.name] = json.get<bool>();
      return;
    case Field::Kind::document:
      if (!json.is_object()) return wrong_type(pointer, "an object", json);
      out.texts[schema.name] = json.dump();
      return;
    case Field::Kind::object:
      return object(json, schema, pointer, out.objects[schema.name]);
    case Field::Kind::value:
    case Field::Kind::array:
      return;
  }
}

void Checker::number(const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  const bool whole = schema.kind == Field::Kind::integer;
  if (!json.is_number()) return wrong_type(pointer, whole ? "a whole number" : "a number", json);
  const double value = json.get<double>();
  if (whole && value != std::floor(value)) return malformed({pointer, "wrongType", "must be a whole number", {}});
  if (!(value >= schema.min && value <= schema.max)) return impossible({pointer, "outOfRange", range_text(schema), {}});
  out.numbers[schema.name] = value;
}

void Checker::text(const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  if (!json.is_string()) return wrong_type(pointer, "a string", json);
  const auto& value = json.get_ref<const std::string&>();
  if (schema.kind == Field::Kind::choice) {
    if (std::find(schema.choices.begin(), schema.choices.end(), value) == schema.choices.end()) {
      return impossible(unknown_problem(pointer, "unknownValue", "value", value, schema.choices));
    }
  } else if (const std::string fault = text_fault(value, schema); !fault.empty()) {
    return impossible({pointer, "outOfRange", fault, {}});
  }
  out.texts[schema.name] = value;
}

void Checker::texts(const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  if (!json.is_array()) return wrong_type(pointer, "an array of strings", json);
  if (static_cast<double>(json.size()) > schema.max) {
    return impossible({pointer, "outOfRange", "must have at most " + print(schema.max) + " entries", {}});
  }
  std::vector<std::string>& list = out.lists[schema.name];
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i].is_string())
      list.push_back(json[i].get<std::string>());
    else
      wrong_type(pointer + "/" + std::to_string(i), "a string", json[i]);
  }
}

void Checker::counts(const Json& json, const Field& schema, const std::string& pointer, Fields& out) {
  if (!json.is_object()) return wrong_type(pointer, "an object of whole numbers", json);
  std::map<std::string, double>& members = out.counts[schema.name];
  for (const auto& [name, member] : json.items()) {
    Fields one;
    Field entry = schema;
    entry.kind = Field::Kind::integer;
    number(member, entry, pointer + "/" + escaped(name), one);
    if (one.has(schema.name)) members[name] = one.number(schema.name, 0);
  }
}

/// Whether brackets nest at most json_depth_max deep; json's own functions recurse.
bool depth_is_sane(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > json_depth_max) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

InputProblems malformed_body(std::string code, std::string message) {
  return {400, "The body is not JSON that can be read: " + message, {{"", std::move(code), message, {}}}};
}

/// "" or what is wrong with a value of a query parameter, which is stored when nothing is.
std::string read_parameter(const Field& field, const std::string& value, Fields& out) {
  if (field.kind == Field::Kind::integer || field.kind == Field::Kind::number) {
    double number = 0;
    const auto result = std::from_chars(value.data(), value.data() + value.size(), number);
    if (result.ec != std::errc() || result.ptr != value.data() + value.size()) return "must be a number";
    if (field.kind == Field::Kind::integer && number != std::floor(number)) return "must be a whole number";
    if (!(number >= field.min && number <= field.max)) return range_text(field);
    out.numbers[field.name] = number;
    return "";
  }
  if (field.kind == Field::Kind::boolean) {
    if (value != "true" && value != "false") return "must be true or false";
    out.flags[field.name] = value == "true";
    return "";
  }
  if (field.kind == Field::Kind::choice) {
    if (std::find(field.choices.begin(), field.choices.end(), value) == field.choices.end()) {
      std::string all;
      for (const std::string& choice : field.choices) all += (all.empty() ? "" : ", ") + choice;
      return "must be one of " + all;
    }
  } else if (!value.empty()) {
    if (std::string fault = text_fault(value, field); !fault.empty()) return fault;
  }
  if (!value.empty()) out.texts[field.name] = value;
  return "";
}

}  // namespace

std::string summary_of(const std::vector<model::Problem>& problems, const std::string& what) {
  const std::string count = problems.size() == 1 ? "1 problem" : std::to_string(problems.size()) + " problems";
  return count + " with " + what + ": " + problems.front().pointer + " " + problems.front().message;
}

InputProblems read_body(std::string_view text, const Field& root, Fields& fields) {
  if (text.empty()) return malformed_body("missingBody", "there is none");
  if (!depth_is_sane(text)) return malformed_body("tooDeep", "it nests deeper than " + std::to_string(json_depth_max) + " levels");
  try {
    const Json json = Json::parse(text);
    InputProblems found;
    if (root.kind == Field::Kind::document) {
      fields.texts[root.name] = std::string(text);
      if (json.is_object()) return found;
      return malformed_body("wrongType", std::string("it must be an object, not ") + json.type_name());
    }
    Checker(found).object(json, root, "", fields);
    if (found.status != 0) found.detail = summary_of(found.problems, "the body");
    return found;
  } catch (const Json::exception& e) {
    std::string message = e.what();
    const std::size_t end_of_tag = message.find("] ");
    if (end_of_tag != std::string::npos) message.erase(0, end_of_tag + 2);
    return malformed_body("malformedJson", message);
  }
}

InputProblems read_query(const std::vector<std::pair<std::string, std::string>>& given, const std::vector<Field>& known, Fields& fields) {
  InputProblems found;
  std::vector<std::string> seen;
  for (const auto& [name, value] : given) {
    const auto field = std::find_if(known.begin(), known.end(), [&name = name](const Field& f) { return f.name == name; });
    if (field == known.end()) {
      found.problems.push_back(unknown_problem("?" + name, "unknownParameter", "query parameter", name, names_of(known)));
    } else if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      found.problems.push_back({"?" + name, "repeatedParameter", "may be given once only", {}});
    } else if (std::string fault = read_parameter(*field, value, fields); !fault.empty()) {
      found.problems.push_back({"?" + name, "badValue", std::move(fault), field->choices});
    }
    seen.push_back(name);
  }
  if (!found.problems.empty()) {
    found.status = 400;
    found.detail = summary_of(found.problems, "the query");
  }
  return found;
}

}  // namespace http
