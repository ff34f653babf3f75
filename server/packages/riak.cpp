// A Dynamo-style store without a token ring: any node answers, a put is copied to the nodes that it knows.
#include "packages/key_value.h"
#include "packages/list.h"

namespace packages {

const model::PackageInfo riak_info = {
    .name = "riak",
    .title = "Riak ring",
    .description = "As priamCassandra but without token ranges: any node answers; a put is copied to the connected nodes.",
    .step = key_value,
    .looks_up = true,
};

}  // namespace packages
