#pragma once
// What is said of an incident while it is open. Its words follow what is seen at every look; said again, as something new, is only what
// people have to hear: something else is wrong, or worse, or it comes from elsewhere. Plain value; one owner.

#include <string>
#include <vector>

#include "run/judge/symptom.h"

namespace run::judge {

class Telling {
 public:
  /// Looks that have to name another cause, one after the other, before that is something new: what is about as bad as something else takes
  /// turns with it.
  static constexpr unsigned settled_after = 3;

  /// What is to be said of these symptoms now. REQUIRES: there is one.
  void look(const std::vector<Symptom>& symptoms, const Scene& scene);
  /// Of the last look: whether it has to be said, and not only to be read.
  bool is_news() const { return news_; }
  bool first() const { return looks_ == 1; }
  const Words& words() const { return words_; }
  const std::string& headline() const { return headline_; }           ///< every symptom in a few words
  const std::vector<Symptom>& symptoms() const { return symptoms_; }  ///< of the last look

 private:
  struct Known {
    Symptom symptom;
    Cause cause;  ///< when it could be seen for the last time
  };

  Cause cause_for(const Symptom& symptom, const Scene& scene);
  Words words_for(const Symptom& symptom, const Scene& scene);
  void compose(const Scene& scene);
  bool comes_from_elsewhere();
  std::string text() const;

  std::vector<Symptom> symptoms_, told_;
  std::string told_text_;
  std::vector<Known> known_;
  std::vector<std::uint32_t> about_, told_about_;  ///< services, the worst first
  unsigned elsewhere_ = 0;                         ///< looks, one after the other
  unsigned looks_ = 0;
  bool news_ = false;
  Words words_;
  std::string headline_;
};

}  // namespace run::judge
