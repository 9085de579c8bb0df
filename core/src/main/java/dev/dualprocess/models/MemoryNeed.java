package dev.dualprocess.models;

import static java.util.stream.Collectors.joining;

import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.MemorySize;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What models and a run of them take, by parts and devices: an estimate from headers and configs,
 * made before anything is opened. {@link MemoryPlan#need} makes it.
 *
 * @param items in the order the models are opened
 */
public record MemoryNeed(List<Item> items) {
  /** When something is there. */
  public enum During {
    /** All the time. */
    ALL,
    /** While a text is encoded, before the verifier is opened. */
    TEXT,
    /** While the run goes on after that. */
    RUN
  }

  /**
   * Something that takes memory.
   *
   * @param what in a word or two, such as {@code transformer}
   * @param device where, such as {@code cpu}
   * @param during when
   * @param bytes that have to be there
   * @param mapped bytes more that are views of files, which the system may let go of
   */
  public record Item(String what, String device, During during, long bytes, long mapped) {
    /** Nothing may be missing. */
    public Item {
      Objects.requireNonNull(what, "what");
      Objects.requireNonNull(device, "device");
      Objects.requireNonNull(during, "during");
    }
  }

  /** Keeps a copy. */
  public MemoryNeed {
    items = List.copyOf(items);
  }

  /** Every device that something goes to. */
  public List<String> devices() {
    return items.stream().map(Item::device).distinct().toList();
  }

  /** Bytes on a device at the worst time, what is mapped not counted. */
  public long bytes(String device) {
    return atWorst(device).stream().mapToLong(Item::bytes).sum();
  }

  /** Bytes that are mapped from files at that time. */
  public long mapped(String device) {
    return atWorst(device).stream().mapToLong(Item::mapped).sum();
  }

  private List<Item> atWorst(String device) {
    List<Item> texts = without(device, During.RUN);
    List<Item> run = without(device, During.TEXT);
    return sum(texts) > sum(run) ? texts : run;
  }

  private List<Item> without(String device, During other) {
    return items.stream()
        .filter(item -> item.device().equals(device) && item.during() != other)
        .toList();
  }

  private static long sum(List<Item> items) {
    return items.stream().mapToLong(Item::bytes).sum();
  }

  /** Whether every device has that much free now. */
  public boolean fits() {
    return fits(MemoryNeed::free);
  }

  /** Whether every device has that much free, by what {@code free} says of it. */
  boolean fits(ToLongFunction<String> free) {
    return devices().stream().allMatch(device -> bytes(device) <= free.applyAsLong(device));
  }

  /** That weights mapped from files do not fit beside the rest, if so. */
  Optional<String> pressed(ToLongFunction<String> free) {
    return devices().stream()
        .filter(device -> mapped(device) > 0)
        .filter(device -> bytes(device) + mapped(device) > free.applyAsLong(device))
        .map(
            device ->
                "weights of %s are used from their files, and beside %s more only %s are free: they are read again and again, which is slow"
                    .formatted(
                        new MemorySize(mapped(device)),
                        new MemorySize(bytes(device)),
                        new MemorySize(free.applyAsLong(device))))
        .findFirst();
  }

  /** Bytes that are free on a device now. */
  static long free(String device) {
    return FreeMemory.bytes(Placement.on(device));
  }

  /**
   * The devices that have less, with figures: {@code about 34.2 GiB on cpu (transformer 22 GiB)}.
   */
  String excess(ToLongFunction<String> free) {
    return devices().stream()
        .filter(device -> bytes(device) > free.applyAsLong(device))
        .map(
            device ->
                "about %s on %s (%s), where %s are free"
                    .formatted(
                        new MemorySize(bytes(device)),
                        device,
                        parts(device),
                        new MemorySize(free.applyAsLong(device))))
        .collect(joining(" and "));
  }

  private String parts(String device) {
    List<Item> largestFirst = new ArrayList<>(atWorst(device));
    largestFirst.sort(Comparator.comparingLong(Item::bytes).reversed());
    return largestFirst.stream()
        .filter(item -> item.bytes() > 0)
        .map(item -> item.what() + " " + new MemorySize(item.bytes()))
        .collect(joining(", "));
  }

  /** All that is taken on all devices at their worst: {@code 18.0 GiB}, or by device if several. */
  public String total() {
    List<String> used = devices();
    return used.size() == 1
        ? amount(used.get(0))
        : used.stream().map(device -> amount(device) + " on " + device).collect(joining(", "));
  }

  private String amount(String device) {
    String taken = new MemorySize(bytes(device)).toString();
    return mapped(device) == 0
        ? taken
        : "%s beside %s used from their files".formatted(taken, new MemorySize(mapped(device)));
  }
}
