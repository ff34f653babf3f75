#pragma once
// Every package, in one list. Adding one: its file with a `const model::PackageInfo name_info`, a line here, a line in list.cpp, its
// defaults in config/packages.json, a test.

#include <string>
#include <string_view>
#include <vector>

#include "model/package.h"

namespace packages {

extern const model::PackageInfo cache_info;
extern const model::PackageInfo denominator_info;
extern const model::PackageInfo elb_info;
extern const model::PackageInfo eureka_info;
extern const model::PackageInfo function_info;
extern const model::PackageInfo karyon_info;
extern const model::PackageInfo monolith_info;
extern const model::PackageInfo pirate_info;
extern const model::PackageInfo priam_cassandra_info;
extern const model::PackageInfo primary_info;
extern const model::PackageInfo queue_info;
extern const model::PackageInfo riak_info;
extern const model::PackageInfo staash_info;
extern const model::PackageInfo store_info;
extern const model::PackageInfo volume_info;
extern const model::PackageInfo zuul_info;

const std::vector<const model::PackageInfo*>& all();
std::vector<std::string> names();
const model::PackageInfo* find(std::string_view name);  ///< nullptr when there is none

}  // namespace packages
