#pragma once
// Experiments with blanks: a document with variables, each with a default, and an experiment in which "${name}" stands for them. Pure
// functions, any thread.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "architecture/read_experiment.h"

namespace architecture {

struct ExperimentTemplate {
  static constexpr std::size_t variables_max = 50;
  struct Variable {
    std::string name;
    std::string description;
    JsonValue value;  ///< when none is given: a text, a number, or an array of them
  };
  std::string name;
  std::string title;
  std::string description;
  std::vector<Variable> variables;
  JsonValue experiment;
};

/// With the defaults of its variables it has to be an experiment.
std::variant<ExperimentTemplate, Problems> read_experiment_template(std::string_view json);

/// The experiment with these values, an object, in place of the defaults; nullptr: none. Pointers are into the experiment, those about
/// values begin with `pointer`. A text that is nothing but one "${name}" becomes whatever the value is.
std::variant<model::ExperimentSpec, Problems> fill_in(const ExperimentTemplate& form, const JsonValue* values, const std::string& pointer);

}  // namespace architecture
