package dev.dualprocess.lora.format;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Between one change of a fused layer and those of its parts:
 *
 * <pre>
 *   [B₁; B₂; B₃] A                                  parts that share A
 *   diag(B₁, B₂, B₃) [A₁; A₂; A₃]                   parts with an A each; ranks add up
 * </pre>
 */
final class Fusion {
  private Fusion() {}

  /**
   * The changes of the parts.
   *
   * @param ranks of the parts if the file tells, 0 where a part has no LoRA; else empty
   */
  static Map<String, LowRank> split(LowRank whole, Fused fused, List<Integer> ranks) {
    int n = fused.parts().size();
    if (n == 1) {
      return Map.of(fused.parts().get(0), fused.weave().swapped(whole));
    }
    long[] widths = fused.weave().widths(whole, n);
    if (Arrays.stream(widths).anyMatch(w -> w < 1) || Arrays.stream(widths).sum() != whole.out()) {
      throw new IllegalArgumentException(
          "'%s' has %d rows, which are not those of %s"
              .formatted(fused.name(), whole.out(), fused.parts()));
    }
    Tensor[] rows = Ops.split(whole.b(), 0, widths);
    List<Span> spans = spans(whole, rows, ranks);
    ImmutableMap.Builder<String, LowRank> parts = ImmutableMap.builder();
    for (int i = 0; i < n; i++) {
      if (spans.get(i).size() > 0) {
        parts.put(fused.parts().get(i), spans.get(i).of(whole, rows[i]));
      }
    }
    return parts.buildOrThrow();
  }

  /** Which columns of B, and rows of A, belong to one part. */
  private record Span(long start, long size) {
    LowRank of(LowRank whole, Tensor rows) {
      return new LowRank(
          whole.a().narrow(0, start, size), rows.narrow(1, start, size), whole.scale());
    }

    /** Whether B's rows are zero outside of it. */
    boolean holdsAll(Tensor rows) {
      long inside = rows.narrow(1, start, size).count_nonzero().item_long();
      return rows.count_nonzero().item_long() == inside;
    }
  }

  /** The first guess that B bears out: what the file tells, equal shares, all for each. */
  private static List<Span> spans(LowRank whole, Tensor[] rows, List<Integer> told) {
    int rank = whole.rank();
    int n = rows.length;
    List<Integer> each = Collections.nCopies(n, rank);
    Stream<List<Span>> guesses =
        Stream.of(
            told.stream().allMatch(r -> r == 0 || r == rank) ? over(told) : List.of(),
            sideBySide(told, rank),
            sideBySide(Collections.nCopies(n, rank / n), rank));
    return guesses
        .filter(spans -> spans.size() == n)
        .filter(spans -> IntStream.range(0, n).allMatch(i -> spans.get(i).holdsAll(rows[i])))
        .findFirst()
        .orElseGet(() -> over(each));
  }

  private static List<Span> over(List<Integer> sizes) {
    return sizes.stream().map(size -> new Span(0, size)).toList();
  }

  /** One after the other; nothing if they do not fill the rank. */
  private static List<Span> sideBySide(List<Integer> sizes, int rank) {
    List<Span> spans = new ArrayList<>();
    long at = 0;
    for (int size : sizes) {
      spans.add(new Span(at, size));
      at += size;
    }
    return at == rank && sizes.stream().allMatch(size -> size >= 0) ? spans : List.of();
  }

  /** The change of the fused layer, from those of its parts that have one. */
  static LowRank fuse(Fused fused, Map<String, LowRank> parts) {
    if (fused.parts().size() == 1) {
      return fused.weave().swapped(Objects.requireNonNull(parts.get(fused.parts().get(0))));
    }
    LowRank first = parts.values().iterator().next();
    if (parts.values().stream().allMatch(first::sharesA)) {
      return new LowRank(
          first.a(), rows(fused, parts, new long[fused.parts().size()]), first.scale());
    }
    boolean oneScale = parts.values().stream().allMatch(p -> p.scale() == first.scale());
    Map<String, LowRank> even = oneScale ? parts : Maps.transformValues(parts, LowRank::baked);
    List<Tensor> as = new ArrayList<>();
    long[] starts = new long[fused.parts().size()];
    long at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = at;
      LowRank part = even.get(fused.parts().get(i));
      if (part != null) {
        as.add(part.a());
        at += part.rank();
      }
    }
    Tensor a = Ops.cat(0, as.toArray(new Tensor[0]));
    return new LowRank(a, rows(fused, even, starts), oneScale ? first.scale() : 1);
  }

  /** The ranks of the parts, 0 where one has no LoRA. */
  static List<Integer> ranks(Fused fused, Map<String, LowRank> parts) {
    return fused.parts().stream()
        .map(p -> parts.containsKey(p) ? Objects.requireNonNull(parts.get(p)).rank() : 0)
        .toList();
  }

  /** B of the whole: each part's B at its columns, zero elsewhere. */
  private static Tensor rows(Fused fused, Map<String, LowRank> parts, long[] starts) {
    LowRank sibling = parts.values().iterator().next();
    long rank = 0;
    for (int i = 0; i < starts.length; i++) {
      LowRank part = parts.get(fused.parts().get(i));
      rank = part == null ? rank : Math.max(rank, starts[i] + part.rank());
    }
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      LowRank part = parts.get(fused.parts().get(i));
      long width = part == null ? fused.weave().missing(sibling, i) : part.out();
      Tensor b = part == null ? sibling.b() : part.b();
      Tensor zeros = b.new_zeros(width, rank);
      if (part != null) {
        zeros.narrow(1, starts[i], part.rank()).copy_(part.b());
      }
      rows.add(zeros);
    }
    return Ops.cat(0, rows.toArray(new Tensor[0]));
  }
}
