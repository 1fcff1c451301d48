// The detector in C: events by line on standard input, answers by line on standard output. The rules and the numbers are
// those of ../src/rules.rs, where they are explained; ../cases.json holds this and the other languages to them.
// JSON's tokens come from jsmn, which lets some malformed JSON pass (a colon in the place of a comma, say).
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETECTIONS_MAX = 1000, CROWD = 3, NUMBER_BYTES_MAX = 400 };
static const uint64_t START = 0x9e3779b97f4a7c15u;
static const double ROUNDS_PER_SECOND = 250e6, WORK_SECONDS_MAX = 3600;
static const double PERSON_CONFIDENCE = 0.6, FACE_CONFIDENCE = 0.7, SAME_OVERLAP = 0.5, NEAR_SQUARED = 0.04;
static const double ZONE_LEFT = 0.7, ZONE_TOP = 0.5, LOITERING_SECONDS = 30;

struct detection {
  bool face;
  double confidence, area[4];
};

// A line and its tokens; values are named by the index of their token, -1 for none.
struct json {
  const char *text;
  const jsmntok_t *tokens;
  int count;
};

struct event {
  int id, device, count;
  double longest_dwell, work_seconds;
  struct detection detections[DETECTIONS_MAX];
};

static int length(struct json json, int at) { return json.tokens[at].end - json.tokens[at].start; }

static bool is_type(struct json json, int at, jsmntype_t type) { return at >= 0 && json.tokens[at].type == type; }

static bool is_text(struct json json, int at, const char *text) {
  return is_type(json, at, JSMN_STRING) && length(json, at) == (int)strlen(text) &&
         memcmp(json.text + json.tokens[at].start, text, strlen(text)) == 0;
}

// The last value of that name.
static int member(struct json json, int object, const char *name) {
  int found = -1;
  for (int at = object + 1; at < json.count && json.tokens[at].start < json.tokens[object].end; at++)
    if (json.tokens[at].parent == object && is_text(json, at, name)) found = at + 1;
  return found;
}

// The element after `at`, or the first of the array or object where `at` is its own token; -1 after the last.
static int next_child(struct json json, int container, int at) {
  for (at++; at < json.count && json.tokens[at].start < json.tokens[container].end; at++)
    if (json.tokens[at].parent == container) return at;
  return -1;
}

static bool is_number(struct json json, int at) {
  char first = json.text[json.tokens[at].start];
  return json.tokens[at].type == JSMN_PRIMITIVE && (first == '-' || (first >= '0' && first <= '9'));
}

// A number in [0, most], without the sign of a zero.
static bool within(struct json json, int at, double most, double *number) {
  char text[NUMBER_BYTES_MAX + 1] = {0};
  if (at < 0 || !is_number(json, at) || length(json, at) > NUMBER_BYTES_MAX) return false;
  memcpy(text, json.text + json.tokens[at].start, length(json, at));
  *number = strtod(text, NULL) + 0.0;
  return *number >= 0 && *number <= most;
}

// Primitives are what JSON knows, numbers finite and whole tokens.
static bool are_primitives_sound(struct json json) {
  for (int at = 0; at < json.count; at++) {
    if (json.tokens[at].type != JSMN_PRIMITIVE) continue;
    const char *text = json.text + json.tokens[at].start;
    int bytes = length(json, at);
    if (is_number(json, at)) {
      char copy[NUMBER_BYTES_MAX + 1] = {0}, *end;
      if (bytes > NUMBER_BYTES_MAX) return false;
      memcpy(copy, text, bytes);
      double number = strtod(copy, &end);
      if (*end != '\0' || number > DBL_MAX || number < -DBL_MAX) return false;
    } else if (!((bytes == 4 && (memcmp(text, "true", 4) == 0 || memcmp(text, "null", 4) == 0)) ||
                 (bytes == 5 && memcmp(text, "false", 5) == 0)))
      return false;
  }
  return true;
}

static bool read_detection(struct json json, int at, struct detection *seen) {
  if (!is_type(json, at, JSMN_OBJECT)) return false;
  int label = member(json, at, "label"), sides = member(json, at, "box");
  seen->face = is_text(json, label, "face");
  if (!seen->face && !is_text(json, label, "person")) return false;
  if (!within(json, member(json, at, "confidence"), 1, &seen->confidence)) return false;
  if (!is_type(json, sides, JSMN_ARRAY) || json.tokens[sides].size != 4) return false;
  if (!is_type(json, member(json, at, "track"), JSMN_STRING)) return false;
  for (int i = 0, side = sides; i < 4; i++)
    if (!within(json, side = next_child(json, sides, side), 1, &seen->area[i])) return false;
  return true;
}

// Null, or the name of what is at fault, the first in the order of the fields.
static const char *read_event(struct json json, struct event *event) {
  static char fault[32];
  int object = 0;
  double frame_seconds;
  if (json.count < 1 || !is_type(json, 0, JSMN_OBJECT) || !are_primitives_sound(json)) return "JSON";
  if (is_type(json, member(json, 0, "specversion"), JSMN_STRING)) {
    object = member(json, 0, "data");
    if (!is_type(json, object, JSMN_OBJECT)) return "data";
  }
  event->id = member(json, object, "id");
  event->device = member(json, object, "device");
  if (!is_type(json, event->id, JSMN_STRING) || length(json, event->id) == 0) return "id";
  if (!is_type(json, event->device, JSMN_STRING) || length(json, event->device) == 0) return "device";
  if (!within(json, member(json, object, "frameSeconds"), DBL_MAX, &frame_seconds)) return "frameSeconds";
  if (!within(json, member(json, object, "workSeconds"), WORK_SECONDS_MAX, &event->work_seconds)) return "workSeconds";
  int listed = member(json, object, "detections");
  if (!is_type(json, listed, JSMN_ARRAY) || json.tokens[listed].size > DETECTIONS_MAX) return "detections";
  event->count = 0;
  for (int at = next_child(json, listed, listed); at >= 0; at = next_child(json, listed, at)) {
    if (!read_detection(json, at, &event->detections[event->count])) {
      snprintf(fault, sizeof fault, "detections[%d]", event->count);
      return fault;
    }
    event->count++;
  }
  event->longest_dwell = 0;
  int dwells = member(json, object, "dwellSeconds");
  if (dwells < 0) return NULL;
  if (!is_type(json, dwells, JSMN_OBJECT)) return "dwellSeconds";
  for (int key = next_child(json, dwells, dwells); key >= 0; key = next_child(json, dwells, key)) {
    double dwell;
    if (!within(json, key + 1, DBL_MAX, &dwell)) return "dwellSeconds";
    if (dwell > event->longest_dwell) event->longest_dwell = dwell;
  }
  return NULL;
}

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

static double overlap(const struct detection *a, const struct detection *b) {
  double side[2];
  for (int i = 0; i < 2; i++)
    side[i] = most(least(a->area[i] + a->area[i + 2], b->area[i] + b->area[i + 2]) - most(a->area[i], b->area[i]), 0);
  double both = side[0] * side[1], either = a->area[2] * a->area[3] + b->area[2] * b->area[3] - both;
  return either > 0 ? both / either : 0;
}

static double centre(const struct detection *seen, int axis) { return seen->area[axis] + seen->area[axis + 2] / 2; }

// Those of a label that are certain enough, the more certain of two that cover each other only.
static int certain(const struct event *event, bool face, const struct detection *kept[]) {
  static const struct detection *seen[DETECTIONS_MAX];
  int candidates = 0, count = 0;
  for (int i = 0; i < event->count; i++) {
    const struct detection *candidate = &event->detections[i];
    if (candidate->face != face || candidate->confidence < (face ? FACE_CONFIDENCE : PERSON_CONFIDENCE)) continue;
    // Insertion keeps the order of those that are as certain.
    int at = candidates++;
    for (; at > 0 && seen[at - 1]->confidence < candidate->confidence; at--) seen[at] = seen[at - 1];
    seen[at] = candidate;
  }
  for (int i = 0; i < candidates; i++) {
    int other = 0;
    while (other < count && overlap(seen[i], kept[other]) <= SAME_OVERLAP) other++;
    if (other == count) kept[count++] = seen[i];
  }
  return count;
}

static int largest_group(const struct detection *persons[], int count) {
  static int group[DETECTIONS_MAX];
  static bool taken[DETECTIONS_MAX];
  int largest = 0;
  memset(taken, 0, sizeof taken);
  for (int first = 0; first < count; first++) {
    if (taken[first]) continue;
    int members = 0;
    taken[first] = true;
    group[members++] = first;
    for (int next = 0; next < members; next++)
      for (int other = 0; other < count; other++) {
        double dx = centre(persons[other], 0) - centre(persons[group[next]], 0);
        double dy = centre(persons[other], 1) - centre(persons[group[next]], 1);
        if (taken[other] || dx * dx + dy * dy >= NEAR_SQUARED) continue;
        taken[other] = true;
        group[members++] = other;
      }
    if (members > largest) largest = members;
  }
  return largest;
}

static uint64_t hash_round(uint64_t state) {
  uint64_t x = state + START;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static uint64_t joined(uint64_t state, double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return hash_round(state ^ bits);
}

// A number that every bit of every detection goes into.
static uint64_t fingerprint(const struct event *event) {
  uint64_t state = START;
  for (int i = 0; i < event->count; i++) {
    state = joined(state, event->detections[i].confidence);
    for (int side = 0; side < 4; side++) state = joined(state, event->detections[i].area[side]);
  }
  return state;
}

static void answer(struct json json, const struct event *event) {
  static const struct detection *persons[DETECTIONS_MAX], *faces[DETECTIONS_MAX];
  int person_count = certain(event, false, persons), face_count = certain(event, true, faces), identified = 0;
  bool intrusion = false;
  for (int i = 0; i < person_count; i++) {
    const double *area = persons[i]->area;
    intrusion = intrusion || (centre(persons[i], 0) >= ZONE_LEFT && area[1] + area[3] >= ZONE_TOP);
    int face = 0;
    while (face < face_count && !(centre(faces[face], 0) >= area[0] && centre(faces[face], 0) <= area[0] + area[2] &&
                                  centre(faces[face], 1) >= area[1] && centre(faces[face], 1) <= area[1] + area[3]))
      face++;
    identified += face < face_count;
  }
  int group = largest_group(persons, person_count);
  bool unidentified = identified < person_count, loitering = event->longest_dwell >= LOITERING_SECONDS;
  const struct { bool is; const char *name; } alerts[] = {
      {group >= CROWD, "crowd"}, {intrusion, "intrusion"}, {unidentified, "unidentified"}, {loitering, "loitering"}};
  uint64_t rounds = (uint64_t)(event->work_seconds * ROUNDS_PER_SECOND + 0.5), state = fingerprint(event);
  for (uint64_t i = 0; i < rounds; i++) state = hash_round(state);

  // What was between quotes is JSON's own writing already.
  printf("{\"id\":\"%.*s\",\"device\":\"%.*s\",\"persons\":%d,\"faces\":%d,\"identified\":%d,\"largestGroup\":%d,\"alerts\":[",
         length(json, event->id), json.text + json.tokens[event->id].start, length(json, event->device),
         json.text + json.tokens[event->device].start, person_count, face_count, identified, group);
  int alert_count = 0;
  for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
    if (alerts[i].is) printf("%s\"%s\"", alert_count++ > 0 ? "," : "", alerts[i].name);
  const char *urgency = intrusion && (loitering || unidentified) ? "alarm" : alert_count > 0 ? "notice" : "none";
  printf("],\"urgency\":\"%s\",\"rounds\":%llu,\"checksum\":\"%llx\"}\n", urgency, (unsigned long long)rounds,
         (unsigned long long)state);
}

static void *resized(void *memory, size_t bytes) {
  void *result = realloc(memory, bytes);
  if (result == NULL) abort();
  return result;
}

// A line without its end, which lasts until the next call; null at the end.
static const char *next_line(size_t *bytes) {
  static char *line;
  static size_t room;
  *bytes = 0;
  for (int next; (next = getchar()) != '\n';) {
    if (next == EOF && *bytes == 0) return NULL;
    if (next == EOF) break;
    if (*bytes == room) line = resized(line, room = room * 2 + 4096);
    line[(*bytes)++] = (char)next;
  }
  return line == NULL ? "" : line;
}

int main(void) {
  static struct event event;
  jsmntok_t *tokens = NULL;
  size_t bytes;
  for (const char *line; (line = next_line(&bytes)) != NULL;) {
    jsmn_parser parser;
    jsmn_init(&parser);
    int count = jsmn_parse(&parser, line, bytes, NULL, 0);
    if (count > 0) {
      tokens = resized(tokens, (size_t)count * sizeof *tokens);
      jsmn_init(&parser);
      count = jsmn_parse(&parser, line, bytes, tokens, (unsigned)count);
    }
    struct json json = {line, tokens, count};
    const char *fault = read_event(json, &event);
    if (fault == NULL)
      answer(json, &event);
    else
      printf("{\"error\":\"%s\"}\n", fault);
    fflush(stdout);
  }
  return 0;
}
