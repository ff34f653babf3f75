#pragma once
// The OpenAPI 3.1 document of a table of routes. Pure function, any thread.

#include <string>

#include "http/router.h"

namespace http {

std::string write_openapi(const Router& router, const std::string& version);

}  // namespace http
