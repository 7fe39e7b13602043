// Statistics of the float32 tensors of a file on one thread, as fast as plain C does it: what the benchmark measures Tare by.
// Usage: reference FILE RANGES, where RANGES has a line "offset elements" for each tensor. Prints a line a tensor: min, max,
// mean, standard deviation, excess kurtosis, zeros, numbers in the middle half of the bins; then to stderr the seconds.
// A tensor is read in pieces of 1 MiB into one buffer; each piece is summed while it is in the cache, and the whole counted
// into 2,048 bins between its extremes. Vectors of eight are GCC's own, so that -march=native makes of them what the
// processor has. A number is counted by one multiplication in float32: unlike the product it does not mind the edges.
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BINS = 2048, PIECE = 1 << 18, BLOCK = 4096, LANES = 8 };

typedef float floats __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
typedef int32_t ints __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef double doubles __attribute__((vector_size(LANES * sizeof(double))));

typedef struct {
  double count, nans, infinities, zeros, min, max, mean, m2, m3, m4;
} moments;

static floats choose(ints where, floats a, floats b) {
  return (floats)((where & (ints)a) | (~where & (ints)b));
}

static double total(doubles v) {
  double sum = 0;
  for (int i = 0; i < LANES; i++) sum += v[i];
  return sum;
}

// The powers of the deviations from a centre near the mean; `finite` is 0 where something in the block is not.
static int sum_block(const float *values, long length, double centre, double s[4], float *min, float *max, long *zeros) {
  doubles s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, around = centre - (doubles){0};
  floats lo = values[0] - (floats){0}, hi = lo;
  ints equal = {0};
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    floats v = *(const floats *)(values + i);
    lo = choose(v < lo, v, lo);
    hi = choose(v > hi, v, hi);
    equal -= v == 0;
    doubles d = __builtin_convertvector(v, doubles) - around;
    doubles dd = d * d;
    s1 += d;
    s2 += dd;
    s3 += dd * d;
    s4 += dd * dd;
  }
  s[0] = total(s1), s[1] = total(s2), s[2] = total(s3), s[3] = total(s4);
  *min = lo[0], *max = hi[0], *zeros = 0;
  for (int k = 0; k < LANES; k++) {
    if (lo[k] < *min) *min = lo[k];
    if (hi[k] > *max) *max = hi[k];
    *zeros += equal[k];
  }
  for (; i < length; i++) {
    float v = values[i];
    if (v < *min) *min = v;
    if (v > *max) *max = v;
    *zeros += v == 0;
    double d = v - centre;
    s[0] += d, s[1] += d * d, s[2] += d * d * d, s[3] += d * d * d * d;
  }
  return isfinite(s[0]);
}

static void merge(moments *a, double nb, double mean, double m2, double m3, double m4) {
  double na = a->count - a->nans - a->infinities, n = na + nb, fa = na / n, fb = nb / n, d = mean - a->mean;
  double spread = d * d * na * fb;
  double a2 = a->m2, a3 = a->m3;
  a->mean += d * fb;
  a->m4 += m4 + spread * d * d * (fa * fa - fa * fb + fb * fb) + 6 * d * d * (fa * fa * m2 + fb * fb * a2) +
           4 * d * (fa * m3 - fb * a3);
  a->m3 += m3 + spread * d * (fa - fb) + 3 * d * (fa * m2 - fb * a2);
  a->m2 += m2 + spread;
}

static void add_block(moments *all, const float *values, long length) {
  static float finite[BLOCK];
  double s[4], centre = all->mean;
  float min, max;
  long zeros, n = length, nans = 0, infinities = 0;
  if (!sum_block(values, length, centre, s, &min, &max, &zeros)) {
    n = 0;
    for (long i = 0; i < length; i++) {
      if (isfinite(values[i])) finite[n++] = values[i];
      else if (isnan(values[i])) nans++;
      else infinities++;
    }
    if (n > 0) sum_block(finite, n, centre, s, &min, &max, &zeros);
  }
  if (n > 0) {
    double off = s[0] / n, m2 = s[1] - n * off * off;
    double m3 = s[2] - 3 * off * s[1] + 2 * n * off * off * off;
    double m4 = s[3] - 4 * off * s[2] + 6 * off * off * s[1] - 3 * n * off * off * off * off;
    merge(all, n, centre + off, m2, m3, m4);
    if (min < all->min) all->min = min;
    if (max > all->max) all->max = max;
    all->zeros += zeros;
  }
  all->count += length;
  all->nans += nans;
  all->infinities += infinities;
}

// Four rows of counts: neighbours that fall into one bin don't wait for each other.
static void count_into(uint64_t *counts, const float *values, long length, float min, float max) {
  static uint32_t rows[4][BINS];
  memset(rows, 0, sizeof rows);
  float scale = BINS / (max - min);
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    ints bin = __builtin_convertvector((*(const floats *)(values + i) - min) * scale, ints);
    bin &= bin > 0;
    bin = (bin & (bin < BINS)) | ((BINS - 1) & (bin >= BINS));
    for (int k = 0; k < LANES; k++) rows[k & 3][bin[k]]++;
  }
  for (; i < length; i++) {
    int bin = (values[i] - min) * scale;
    rows[0][bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]++;
  }
  for (int b = 0; b < BINS; b++) counts[b] += (uint64_t)rows[0][b] + rows[1][b] + rows[2][b] + rows[3][b];
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  double start_time = seconds(CLOCK_MONOTONIC);
  int file = open(argv[1], O_RDONLY);
  FILE *ranges = fopen(argv[2], "r");
  if (file < 0 || !ranges) return 1;
  long offset, elements, capacity = 0;
  float *buffer = 0;
  while (fscanf(ranges, "%ld %ld", &offset, &elements) == 2) {
    if (elements > capacity) {
      free(buffer);
      buffer = aligned_alloc(64, (elements * sizeof(float) + 63) / 64 * 64);
      capacity = elements;
    }
    moments all = {.min = INFINITY, .max = -INFINITY};
    for (long start = 0; start < elements; start += PIECE) {
      long length = elements - start < PIECE ? elements - start : PIECE;
      for (long done = 0, size = length * sizeof(float); done < size;) {
        ssize_t got = pread(file, (char *)(buffer + start) + done, size - done, offset + start * sizeof(float) + done);
        if (got <= 0) return 1;
        done += got;
      }
      for (long at = 0; at < length; at += BLOCK) {
        add_block(&all, buffer + start + at, length - at < BLOCK ? length - at : BLOCK);
      }
    }
    uint64_t counts[BINS] = {0};
    if (all.min < all.max) count_into(counts, buffer, elements, all.min, all.max);
    double n = all.count - all.nans - all.infinities, middle = 0;
    for (int b = BINS / 4; b < BINS * 3 / 4; b++) middle += counts[b];
    printf("%.17g %.17g %.17g %.17g %.17g %.0f %.0f\n", all.min, all.max, all.mean, sqrt(all.m2 / n),
           all.m4 / all.m2 / (all.m2 / n) - 3, all.zeros, middle);
  }
  fprintf(stderr, "%.6f %.6f\n", seconds(CLOCK_MONOTONIC) - start_time, seconds(CLOCK_PROCESS_CPUTIME_ID));
  return 0;
}
