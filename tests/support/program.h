#pragma once
// Runs a program to its end: what it printed where, and how it ended.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace program {

/// A folder of its own that goes with it.
class Folder {
 public:
  Folder() {
    static std::atomic<int> number{0};
    path = std::filesystem::temp_directory_path() / ("simianviz_" + std::to_string(getpid()) + "_" + std::to_string(++number));
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string at(const std::string& name) const { return (path / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return at(name);
  }
  std::filesystem::path path;
};

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Ended {
  int status = -1;  ///< -1: by a signal
  std::string out, err;
};

inline Ended run(const std::string& file, std::vector<std::string> arguments, const std::string& directory, const std::string& out = "") {
  const Folder folder;
  const std::string out_path = out.empty() ? folder.at("out") : out;
  const std::string err_path = folder.at("err");
  const pid_t child = fork();
  if (child == 0) {
    const int out_file = open(out_path.c_str(), O_WRONLY | O_CREAT, 0600);
    const int err_file = open(err_path.c_str(), O_WRONLY | O_CREAT, 0600);
    if (chdir(directory.c_str()) != 0 || dup2(out_file, 1) < 0 || dup2(err_file, 2) < 0) _exit(126);
    std::vector<char*> argv = {const_cast<char*>(file.c_str())};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(file.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out.empty() ? text_of(out_path) : "", text_of(err_path)};
}

}  // namespace program
