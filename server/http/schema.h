#pragma once
// What a body or a query may hold, said once: read_body() and read_query() check against it, openapi.json shows it. Plain values.

#include <string>
#include <vector>

#include "http/json_writer.h"

namespace http {

struct Field {
  enum class Kind {
    text,     ///< min to max characters
    name,     ///< text of [A-Za-z0-9._*-]
    number,   ///< min to max
    integer,  ///< min to max, a whole number
    boolean,
    choice,    ///< one of `choices`
    texts,     ///< array of at most max texts
    counts,    ///< object of whole numbers, each min to max
    document,  ///< an object that is handed on as JSON text to a reader of its own; `fields`, if there are any, are what that one takes
    object,    ///< of `fields`
    value,     ///< anything (answers only)
    array,     ///< of objects of `fields` (answers only)
  };
  std::string name;
  Kind kind = Kind::text;
  std::string description;
  bool required = false;
  double min = 0;
  double max = 0;
  std::string default_json;  ///< "" for none
  std::vector<std::string> choices;
  std::vector<Field> fields;
  bool open = false;  ///< object: other members that are numbers or texts are taken too

  Field& need() {
    required = true;
    return *this;
  }
  Field& otherwise(std::string json) {
    default_json = std::move(json);
    return *this;
  }
};

inline constexpr double text_length_max = 200;
inline constexpr double whole_number_max = 9007199254740991.0;  ///< 2^53 - 1, what JSON readers keep exactly

Field text(std::string name, std::string description, double max_length = text_length_max);
Field identifier(std::string name, std::string description, double max_length = text_length_max);
Field number(std::string name, std::string description, double min, double max);
Field integer(std::string name, std::string description, double min, double max);
Field boolean(std::string name, std::string description);
Field choice(std::string name, std::string description, std::vector<std::string> choices);
Field texts(std::string name, std::string description, double max_entries);
Field counts(std::string name, std::string description, double min, double max);
Field document(std::string name, std::string description);
Field object(std::string name, std::string description, std::vector<Field> fields);
Field anything(std::string name, std::string description);
Field array(std::string name, std::string description, std::vector<Field> fields);

/// Whether a body of that form may be left out: an object without a member that is required.
bool may_be_left_out(const Field& body);

/// JSON Schema (draft 2020-12) of one field. `sealed`: members that are not listed are errors, as in bodies; answers may grow.
void write_schema(JsonWriter& json, const Field& field, bool sealed = true);

}  // namespace http
