// The report of an experiment for people. Short sentences, numbers with their units, simulated times in seconds: it is read aloud, too.

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "chaos/running.h"
#include "chaos/running_experiment.h"
#include "run/experiment_report.h"

namespace run {
namespace {

using model::ExperimentFaultRecord;
using model::ExperimentRecord;
using model::PhaseRecord;
using model::ProbeSpec;
using model::Verdict;

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string seconds(sim::Time time) {
  return fixed(sim::to_seconds(time), 1) + " s";
}

/// 12,345.
std::string count(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

std::string plural(std::uint64_t number, const std::string& what) {
  return count(number) + " " + what + (number == 1 ? "" : "s");
}

std::string percent(double share) {
  const double value = share * 100;
  return (value != 0 && std::abs(value) < 0.1 ? fixed(value, 3) : fixed(value, 1)) + " %";
}

std::string share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "none" : percent(static_cast<double>(part) / static_cast<double>(whole));
}

/// Ends with a full stop, and one only.
std::string sentence(std::string text) {
  if (text.empty() || (text.back() != '.' && text.back() != ')')) text += '.';
  return text;
}

class Text {
 public:
  explicit Text(const ExperimentReport& report) : report_(report), record_(*report.record), spec_(*record_.spec) {}

  std::string write() {
    summary();
    faults();
    steady_state();
    users();
    noticed();
    path();
    recovery();
    control();
    timeline();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + "\n"; }
  void title(const std::string& text) { out_ += "\n## " + text + "\n\n"; }
  /// After the first fault.
  std::string after(sim::Time time) const { return seconds(time - *report_.first_fault); }

  void summary() {
    line("# Experiment " + record_.id + (spec_.name.empty() ? "" : ": " + spec_.name));
    line("");
    if (!spec_.hypothesis.empty()) line(sentence("The hypothesis: " + spec_.hypothesis));
    const std::string& state = model::experiment_state_names()[static_cast<std::size_t>(record_.state)];
    std::string text = record_.ended ? "It is " + state + "." : "It is not over: it is " + state + ".";
    if (record_.verdict != Verdict::none) {
      text += " The verdict: **" + model::verdict_names()[static_cast<std::size_t>(record_.verdict)] + "**.";
    }
    if (record_.resilience_score) text += " The resilience score is " + fixed(*record_.resilience_score, 1) + " of 100.";
    line(text);
    if (!record_.reason.empty()) line(sentence("Because: " + record_.reason));
    line("All times are simulated, from the beginning of the run of " + report_.architecture + ". The experiment began at " +
         seconds(record_.accepted) + (record_.ended ? " and ended at " + seconds(*record_.ended) + "." : ".") +
         " This report looks at the time until " + seconds(report_.until) + ".");
  }

  void faults() {
    title("What was done");
    for (std::size_t i = 0; i < spec_.faults.size(); ++i) {
      const model::ExperimentFault& fault = spec_.faults[i];
      const ExperimentFaultRecord& what = record_.faults[i];
      std::string text = "- Fault " + fault.id + ": " + fault.request.type + " on " + chaos::describe(fault.request.selector) + ".";
      if (what.started) {
        text += " It began at " + seconds(*what.started);
        text += what.ended ? " and lasted " + seconds(*what.ended - *what.started) + "." : ".";
        if (what.targets > 0) text += " It hit " + plural(what.targets, "instance") + ".";
        if (what.capacity_lost_percent > 0) text += " It took " + percent(what.capacity_lost_percent / 100) + " of the capacity.";
      } else {
        text += " It did not come" + sentence(what.reason.empty() ? "" : ": " + what.reason);
      }
      line(text);
    }
  }

  void steady_state() {
    if (spec_.steady_state.empty()) return;
    title("Whether the steady state held");
    for (std::size_t i = 0; i < spec_.steady_state.size(); ++i) {
      const ProbeSpec& probe = spec_.steady_state[i].probe;
      const auto& phases = record_.probes[i];
      std::string text = "- " + chaos::name_of(probe) + ", measured over " + seconds(probe.window) + " at a time.";
      for (std::size_t phase = 0; phase < model::phase_count; ++phase) {
        const PhaseRecord& result = phases[phase];
        if (result.checks == 0) continue;
        std::string when = phase == model::phase_before ? " Before" : phase == model::phase_during ? " During" : " After";
        text += when + " the faults it held in " + count(result.passed) + " of " + plural(result.checks, "window") + "; at worst it was " +
                chaos::figure_of(probe, result.worst) + ".";
        if (result.verdict == Verdict::failed && result.failed_at) text += " It had failed by " + seconds(*result.failed_at) + ".";
      }
      if (std::all_of(phases.begin(), phases.end(), [](const PhaseRecord& p) { return p.checks == 0; }))
        text += " No window has been measured.";
      line(text);
    }
  }

  void users() {
    title("What users felt");
    if (!report_.first_fault) {
      line("No fault came, so there was nothing to feel.");
      return;
    }
    line("Counted from the first fault, at " + seconds(*report_.first_fault) + ", to the end of this report.");
    line("");
    for (const ExperimentReport::Impact& impact : report_.users) {
      std::string text = "- " + impact.service + ": " + plural(impact.requests, "request") + " ended. " + count(impact.failed) +
                         " failed (" + share_of(impact.failed, impact.requests) + ").";
      if (impact.slow) text += " " + count(*impact.slow) + " were slower than promised (" + share_of(*impact.slow, impact.requests) + ").";
      text += " That burnt " + percent(impact.budget_burnt) + " of the error budget.";
      line(text);
    }
  }

  void noticed() {
    title("Who noticed what, and when");
    if (!report_.first_fault || report_.noticed.empty()) {
      line("Nobody noticed anything.");
      return;
    }
    for (const ExperimentReport::Noticed& noticed : report_.noticed) {
      line(sentence("- After " + after(noticed.at) + ", " + noticed.who + ": " + noticed.what));
    }
    line("");
    line(report_.detected ? "The time to detect was " + after(*report_.detected) + ": then the first incident was opened."
                          : "No incident was opened.");
  }

  void path() {
    title("How it spread");
    if (report_.path.empty() || !report_.first_fault) {
      line("No service left its normal band.");
      return;
    }
    line("These services, as callers of others, left what had been normal for them, in this order.");
    line("");
    std::size_t number = 0;
    for (const Bands::Departure& d : report_.path) {
      const auto shown = [&](double value) { return d.errors ? percent(value) : fixed(value, 1) + " ms"; };
      std::string text = std::to_string(++number) + ". " + d.service + ", after " + after(d.at) + ". ";
      text += d.errors ? "Of its calls, failed: usually " : "The response time of its calls: usually ";
      text += shown(d.usual) + ", at most " + shown(d.limit) + " is normal, at worst it was " + shown(d.worst) + ".";
      text += d.back ? " It was back after " + after(*d.back) + "." : " It was not back by the end of this report.";
      line(text);
    }
  }

  void recovery() {
    title("Recovery");
    if (!report_.first_fault || report_.path.empty()) {
      line("There was nothing to recover from.");
      return;
    }
    if (!report_.recovered) {
      line("By the end of this report not all services were back in their normal bands.");
      return;
    }
    std::string text = "All services were back " + after(*report_.recovered) + " after the first fault began";
    if (report_.last_fault) {
      const sim::Time late = *report_.recovered - *report_.last_fault;
      text += late >= 0 ? ", which is " + seconds(late) + " after the last one was over" : ", while the faults were still on";
    }
    line(text + ".");
  }

  void control() {
    if (!spec_.control) return;
    title("The same run without it");
    if (!report_.control) {
      line(record_.ended.value_or(report_.until) - record_.accepted < comparison_least
               ? "The experiment has only just begun: there is nothing to compare yet."
               : "There is no control: the experiment was not begun by a command, but by the run itself.");
      return;
    }
    const Comparison& c = *report_.control;
    line("The control is the same run, with the same random numbers, without the experiment. Both were looked at from " + seconds(c.from) +
         " to " + seconds(c.until) + ", so every difference is the experiment's.");
    line("");
    const auto more = [](std::uint64_t with, std::uint64_t less) {
      return with >= less ? count(with - less) + " more" : count(less - with) + " fewer";
    };
    line("- Requests that failed: " + count(c.candidate.failed) + " with it, " + count(c.base.failed) + " without. " +
         more(c.candidate.failed, c.base.failed) + ".");
    line("- Requests that were sent: " + count(c.candidate.sent) + " with it, " + count(c.base.sent) + " without.");
    for (const Compared& one : c.compared) {
      if (one.subject != "users") continue;
      const auto quantile = [&](std::size_t i, const char* name) {
        const model::Interval& with = one.candidate.quantiles_ms[i];
        const model::Interval& without = one.base.quantiles_ms[i];
        if (!with.has_value() || !without.has_value()) return;
        line("- " + std::string(name) + " of all requests took at most " + fixed(with.value, 1) + " ms with it, " +
             fixed(without.value, 1) + " ms without.");
      };
      quantile(0, "Half");
      quantile(2, "99 %");
    }
    if (c.event) line("- The first event that is not the same was at " + seconds(c.event->at) + ".");
  }

  void timeline() {
    title("What happened");
    for (const ExperimentReport::Line& l : report_.timeline) {
      line(sentence("- " + seconds(l.at) + ": " + l.message) + (l.due_to_it ? "" : " (Not because of the experiment.)"));
    }
    if (report_.lines_left_out > 0) line("- And " + plural(report_.lines_left_out, "line") + " more.");
  }

  const ExperimentReport& report_;
  const ExperimentRecord& record_;
  const model::ExperimentSpec& spec_;
  std::string out_;
};

}  // namespace

std::string report_text(const ExperimentReport& report) {
  return Text(report).write();
}

}  // namespace run
