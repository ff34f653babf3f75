#include "run/judge/telling.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace run::judge {
namespace {

/// The one to be talked about: what is lost explains more than what users see.
const Symptom& main_of(const std::vector<Symptom>& symptoms) {
  const auto rank = [](const Symptom& s) { return std::pair(s.kind == Symptom::Kind::loss ? 0 : 1, s.kind); };
  return *std::min_element(symptoms.begin(), symptoms.end(), [&](const Symptom& x, const Symptom& y) { return rank(x) < rank(y); });
}

std::vector<Symptom> only_worst(const std::vector<Symptom>& symptoms) {
  Severity severity = Severity::normal;
  for (const Symptom& symptom : symptoms) severity = std::max(severity, symptom.severity);
  std::vector<Symptom> worst = symptoms;
  std::erase_if(worst, [&](const Symptom& symptom) { return symptom.severity != severity; });
  return worst;
}

bool same(const std::vector<Symptom>& x, const std::vector<Symptom>& y) {
  return x.size() == y.size() && std::all_of(x.begin(), x.end(), [&](const Symptom& s) {
           return std::any_of(y.begin(), y.end(), [&](const Symptom& t) { return t.same_as(s); });
         });
}

}  // namespace

void Telling::look(const std::vector<Symptom>& symptoms, const Scene& scene) {
  ++looks_;
  symptoms_ = symptoms;
  compose(scene);
  const bool elsewhere = comes_from_elsewhere();
  news_ = (elsewhere || !same(symptoms_, told_)) && text() != told_text_;
  told_ = symptoms_;
  if (!news_) return;
  told_text_ = text();
  told_about_ = about_;
  elsewhere_ = 0;
}

/// Looked for while there is something to be seen; after that it came from where it came from.
Cause Telling::cause_for(const Symptom& symptom, const Scene& scene) {
  const auto known = std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.symptom.is(symptom); });
  if (known == known_.end() || is_hurting(symptom, scene, *std::prev(scene.past.end(), 2))) {
    Cause cause = cause_of(symptom, scene);
    if (known == known_.end()) {
      known_.push_back({symptom, cause});
    } else {
      known->cause = cause;
    }
    return cause;
  }
  Cause cause = known->cause;
  if (!is_hurting(symptom, scene, scene.past.front())) cause.text = "Last seen: " + cause.text;
  return cause;
}

Words Telling::words_for(const Symptom& symptom, const Scene& scene) {
  const Cause cause = cause_for(symptom, scene);
  for (const std::uint32_t service : cause.services) {
    if (std::find(about_.begin(), about_.end(), service) == about_.end()) about_.push_back(service);
  }
  return words_of(symptom, cause, scene);
}

void Telling::compose(const Scene& scene) {
  about_.clear();
  const Symptom& main = main_of(symptoms_);
  const std::vector<Symptom> all_worst = only_worst(symptoms_);
  const Symptom& worst = main_of(all_worst);
  words_ = words_for(main, scene);
  headline_ = words_.title;
  Words urgent = words_;
  for (const Symptom& symptom : symptoms_) {
    if (&symptom == &main) continue;
    const Words more = words_for(symptom, scene);
    if (symptom.is(worst)) urgent = more;
    headline_ += "; " + more.title;
    words_.cause += " " + more.title + ". " + (symptom.kind == Symptom::Kind::loss ? "" : more.cause);
  }
  words_.advice = urgent.advice;
  // Without a path it is clear what follows from the loss; what else is as bad is named beside it.
  if (main.severity < worst.severity && worst.kind != Symptom::Kind::unserved) words_.title += "; " + urgent.title;
}

/// All that a notice would say, but for what the system has done.
std::string Telling::text() const {
  return name_of(only_worst(symptoms_).front().severity) + headline_ + words_.title + words_.cause + words_.advice;
}

/// The worst cause is one that has not been told, and has been so for a while.
bool Telling::comes_from_elsewhere() {
  const bool known = about_.empty() || std::find(told_about_.begin(), told_about_.end(), about_.front()) != told_about_.end();
  elsewhere_ = known ? 0 : elsewhere_ + 1;
  return elsewhere_ >= settled_after;
}

}  // namespace run::judge
