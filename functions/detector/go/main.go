// The detector in Go: events by line on standard input, answers by line on standard output. The rules and the numbers
// are those of ../src/rules.rs, where they are explained; ../cases.json holds this and the other languages to them.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strconv"
)

const (
	start            = 0x9e3779b97f4a7c15
	roundsPerSecond  = 250e6
	detectionsMax    = 1000
	workSecondsMax   = 3600
	personConfidence = 0.6
	faceConfidence   = 0.7
	sameOverlap      = 0.5
	nearSquared      = 0.04
	crowd            = 3
	zoneLeft         = 0.7
	zoneTop          = 0.5
	loiteringSeconds = 30
)

type detection struct {
	label      string
	confidence float64
	area       [4]float64
}

type event struct {
	id, device   string
	detections   []detection
	longestDwell float64
	workSeconds  float64
}

type answer struct {
	ID           string   `json:"id"`
	Device       string   `json:"device"`
	Persons      int      `json:"persons"`
	Faces        int      `json:"faces"`
	Identified   int      `json:"identified"`
	LargestGroup int      `json:"largestGroup"`
	Alerts       []string `json:"alerts"`
	Urgency      string   `json:"urgency"`
	Rounds       uint64   `json:"rounds"`
	Checksum     string   `json:"checksum"`
}

type refusal struct {
	Error string `json:"error"`
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<16)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			os.Stdout.Write(answerTo(line))
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func answerTo(line []byte) []byte {
	var said any = refusal{}
	seen, fault := read(line)
	if fault != "" {
		said = refusal{fault}
	} else {
		said = infer(seen)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(said); err != nil {
		panic(err)
	}
	return text.Bytes()
}

// read reads an event; otherwise it names what is at fault, the first in the order of the fields.
func read(line []byte) (event, string) {
	var read event
	var value any
	if json.Unmarshal(line, &value) != nil {
		return read, "JSON"
	}
	fields, isObject := value.(map[string]any)
	if !isObject {
		return read, "JSON"
	}
	if _, isCloudEvent := fields["specversion"].(string); isCloudEvent {
		if fields, isObject = fields["data"].(map[string]any); !isObject {
			return read, "data"
		}
	}
	read.id, _ = fields["id"].(string)
	read.device, _ = fields["device"].(string)
	if read.id == "" {
		return read, "id"
	}
	if read.device == "" {
		return read, "device"
	}
	if _, ok := within(fields["frameSeconds"], math.MaxFloat64); !ok {
		return read, "frameSeconds"
	}
	var ok bool
	if read.workSeconds, ok = within(fields["workSeconds"], workSecondsMax); !ok {
		return read, "workSeconds"
	}
	listed, isList := fields["detections"].([]any)
	if !isList || len(listed) > detectionsMax {
		return read, "detections"
	}
	for at, value := range listed {
		seen, ok := readDetection(value)
		if !ok {
			return read, fmt.Sprintf("detections[%d]", at)
		}
		read.detections = append(read.detections, seen)
	}
	dwells, has := fields["dwellSeconds"]
	if !has {
		return read, ""
	}
	tracks, isObject := dwells.(map[string]any)
	if !isObject {
		return read, "dwellSeconds"
	}
	for _, dwell := range tracks {
		seconds, ok := within(dwell, math.MaxFloat64)
		if !ok {
			return read, "dwellSeconds"
		}
		read.longestDwell = math.Max(read.longestDwell, seconds)
	}
	return read, ""
}

// within is a number in [0, most], without the sign of a zero.
func within(value any, most float64) (float64, bool) {
	number, isNumber := value.(float64)
	return number + 0, isNumber && number >= 0 && number <= most
}

func readDetection(value any) (detection, bool) {
	var seen detection
	fields, _ := value.(map[string]any)
	seen.label, _ = fields["label"].(string)
	confidence, ok := within(fields["confidence"], 1)
	sides, _ := fields["box"].([]any)
	_, hasTrack := fields["track"].(string)
	if (seen.label != "face" && seen.label != "person") || !ok || len(sides) != 4 || !hasTrack {
		return seen, false
	}
	seen.confidence = confidence
	for i, side := range sides {
		if seen.area[i], ok = within(side, 1); !ok {
			return seen, false
		}
	}
	return seen, true
}

func infer(seen event) answer {
	persons := certain(seen.detections, "person", personConfidence)
	faces := certain(seen.detections, "face", faceConfidence)
	said := answer{ID: seen.id, Device: seen.device, Persons: len(persons), Faces: len(faces), Alerts: []string{}}
	intrusion := false
	for _, person := range persons {
		area := person.area
		intrusion = intrusion || (area[0]+area[2]/2 >= zoneLeft && area[1]+area[3] >= zoneTop)
		for _, face := range faces {
			x, y := centre(face)
			if x >= area[0] && x <= area[0]+area[2] && y >= area[1] && y <= area[1]+area[3] {
				said.Identified++
				break
			}
		}
	}
	said.LargestGroup = largestGroup(persons)
	unidentified := said.Identified < len(persons)
	loitering := seen.longestDwell >= loiteringSeconds
	for _, alert := range []struct {
		is   bool
		name string
	}{{said.LargestGroup >= crowd, "crowd"}, {intrusion, "intrusion"}, {unidentified, "unidentified"}, {loitering, "loitering"}} {
		if alert.is {
			said.Alerts = append(said.Alerts, alert.name)
		}
	}
	switch {
	case intrusion && (loitering || unidentified):
		said.Urgency = "alarm"
	case len(said.Alerts) > 0:
		said.Urgency = "notice"
	default:
		said.Urgency = "none"
	}
	said.Rounds = uint64(seen.workSeconds*roundsPerSecond + 0.5)
	state := fingerprint(seen.detections)
	for range said.Rounds {
		state = round(state)
	}
	said.Checksum = strconv.FormatUint(state, 16)
	return said
}

func certain(detections []detection, label string, confidence float64) []detection {
	var seen, kept []detection
	for _, candidate := range detections {
		if candidate.label == label && candidate.confidence >= confidence {
			seen = append(seen, candidate)
		}
	}
	sort.SliceStable(seen, func(i, j int) bool { return seen[i].confidence > seen[j].confidence })
candidates:
	for _, candidate := range seen {
		for _, other := range kept {
			if overlap(candidate, other) > sameOverlap {
				continue candidates
			}
		}
		kept = append(kept, candidate)
	}
	return kept
}

func overlap(a, b detection) float64 {
	side := func(at int) float64 {
		end := math.Min(a.area[at]+a.area[at+2], b.area[at]+b.area[at+2])
		return math.Max(end-math.Max(a.area[at], b.area[at]), 0)
	}
	both := side(0) * side(1)
	// The conversions keep the compiler from fusing, on machines that could, what other languages round twice.
	either := float64(a.area[2]*a.area[3]) + float64(b.area[2]*b.area[3]) - both
	if either > 0 {
		return both / either
	}
	return 0
}

func centre(seen detection) (x, y float64) {
	return seen.area[0] + seen.area[2]/2, seen.area[1] + seen.area[3]/2
}

func largestGroup(persons []detection) int {
	largest, taken := 0, make([]bool, len(persons))
	for first := range persons {
		if taken[first] {
			continue
		}
		taken[first] = true
		group := []int{first}
		for next := 0; next < len(group); next++ {
			x, y := centre(persons[group[next]])
			for other := range persons {
				ox, oy := centre(persons[other])
				dx, dy := ox-x, oy-y
				if !taken[other] && float64(dx*dx)+float64(dy*dy) < nearSquared {
					taken[other] = true
					group = append(group, other)
				}
			}
		}
		largest = max(largest, len(group))
	}
	return largest
}

// fingerprint is a number that every bit of every detection goes into.
func fingerprint(detections []detection) uint64 {
	state := uint64(start)
	for _, seen := range detections {
		state = round(state ^ math.Float64bits(seen.confidence))
		for _, side := range seen.area {
			state = round(state ^ math.Float64bits(side))
		}
	}
	return state
}

func round(state uint64) uint64 {
	x := state + start
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}
