#include "model/status.h"

namespace model {

const char* name_of(Verb verb) {
  switch (verb) {
    case Verb::get:
      return "get";
    case Verb::put:
      return "put";
    case Verb::replicate:
      return "replicate";
    case Verb::wake:
      return "wake";
    case Verb::hello:
      return "hello";
    case Verb::gold_coin:
      return "goldCoin";
    case Verb::name_drop:
      return "nameDrop";
    case Verb::chat:
      return "chat";
  }
  return "";
}

const char* name_of(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::miss:
      return "miss";
    case Status::error:
      return "error";
    case Status::rejected:
      return "rejected";
    case Status::refused:
      return "refused";
    case Status::timeout:
      return "timeout";
    case Status::unavailable:
      return "unavailable";
    case Status::short_circuited:
      return "shortCircuited";
    case Status::cancelled:
      return "cancelled";
  }
  return "";
}

}  // namespace model
