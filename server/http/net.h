#pragma once
// Internal to listener, session and websocket: the only files that include Beast.

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>

#include "http/shared.h"

namespace http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

using BeastRequest = beast::http::request<beast::http::string_body>;

/// Takes over an accepted socket: serves HTTP on it until it is closed. `refuse`: answers 503 only.
void start_session(tcp::socket socket, Shared& shared, bool refuse);

/// Takes over a socket on which an upgrade was asked for.
void start_websocket(tcp::socket socket, BeastRequest request, const std::string& simulation, Shared& shared);

}  // namespace http
