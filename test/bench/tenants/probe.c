/* What a native tenant can reach of its neighbour: probe PID FILE PORT [ADDRESS]. A line each, "memory 1" where it can. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Reads the first mapped page of the process. */
static int memory(const char *pid) {
  char path[64];
  unsigned long from;
  char byte;
  snprintf(path, sizeof path, "/proc/%s/maps", pid);
  FILE *maps = fopen(path, "r");
  if (!maps) return 0;
  int named = fscanf(maps, "%lx", &from);
  fclose(maps);
  snprintf(path, sizeof path, "/proc/%s/mem", pid);
  int file = open(path, O_RDONLY);
  if (named != 1 || file < 0) return 0;
  int is_read = pread(file, &byte, 1, (off_t)from) == 1;
  close(file);
  return is_read;
}

static int opens(const char *path) {
  int file = open(path, O_RDONLY);
  if (file >= 0) close(file);
  return file >= 0;
}

static int connects(const char *address, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, address, &to.sin_addr);
  int socket_ = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval limit = {.tv_sec = 1};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  int is_connected = connect(socket_, (struct sockaddr *)&to, sizeof to) == 0;
  close(socket_);
  return is_connected;
}

int main(int count, char **words) {
  if (count < 4) return 2;
  printf("memory %d\nfiles %d\nnetwork %d\n", memory(words[1]), opens(words[2]),
         connects(count > 4 ? words[4] : "127.0.0.1", atoi(words[3])));
  return 0;
}
