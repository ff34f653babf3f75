#include "packages/list.h"

namespace packages {

const std::vector<const model::PackageInfo*>& all() {
  static const std::vector<const model::PackageInfo*> list = {
      &cache_info,           &denominator_info, &elb_info,   &eureka_info, &function_info, &karyon_info, &monolith_info, &pirate_info,
      &priam_cassandra_info, &primary_info,     &queue_info, &riak_info,   &staash_info,   &store_info,  &volume_info,   &zuul_info,
  };
  return list;
}

std::vector<std::string> names() {
  std::vector<std::string> result;
  for (const model::PackageInfo* info : all()) result.emplace_back(info->name);
  return result;
}

const model::PackageInfo* find(std::string_view name) {
  for (const model::PackageInfo* info : all()) {
    if (info->name == name) return info;
  }
  return nullptr;
}

}  // namespace packages
