package dev.dualprocess.weights;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A prefix view of a checkpoint. A model is built by walking the names of its keys,
 *
 * <pre>{@code
 * Linear toQ = Linear.load(weights.in("transformer_blocks").in(0).in("attn").in("to_q"), width, width);
 * }</pre>
 *
 * and {@link #requireComplete} afterwards demands that every tensor asked for was there with the
 * right shape, and that every tensor of the file was asked for. Each tensor is placed on the target
 * device and dtype as it is read and belongs to a {@link TensorOwner}. Used by one thread.
 */
public final class Weights {
  private final Book book;
  private final String prefix;

  /** What all views of one checkpoint share. */
  private static final class Book {
    final Path path;
    final @Nullable Checkpoint checkpoint;
    final Map<String, TensorEntry> entries;
    final @Nullable Initializer initializer; // in place of a checkpoint, or null
    final Placement placement;
    final TensorOwner owner;
    final Map<String, List<Long>> asked;
    final Map<String, Tensor> made;
    final List<String> problems;
    FrozenForm form = FrozenForm.PLAIN;
    final boolean asStored; // in the file's dtype, where the file is

    Book(
        Path path,
        @Nullable Checkpoint checkpoint,
        Map<String, TensorEntry> entries,
        @Nullable Initializer initializer,
        Placement placement,
        TensorOwner owner) {
      this.asked = new LinkedHashMap<>();
      this.made = new LinkedHashMap<>();
      this.problems = new ArrayList<>();
      this.path = path;
      this.checkpoint = checkpoint;
      this.entries = entries;
      this.initializer = initializer;
      this.placement = placement;
      this.owner = owner;
      this.asStored = false;
    }

    private Book(Book like, FrozenForm form, TensorOwner owner) {
      this.asked = like.asked;
      this.made = like.made;
      this.problems = like.problems;
      this.path = like.path;
      this.checkpoint = like.checkpoint;
      this.entries = like.entries;
      this.initializer = like.initializer;
      this.placement = form.madeAt(like.placement);
      this.asStored = form.asStored(like.placement);
      this.owner = owner;
    }

    /** This book for tensors that are made for its form and go to another owner. */
    Book passing(TensorOwner other) {
      return new Book(this, form, other);
    }
  }

  private Weights(Book book, String prefix) {
    this.book = book;
    this.prefix = prefix;
  }

  /**
   * All tensors of {@code checkpoint}, to be placed at {@code placement} and owned by {@code
   * owner}.
   */
  public static Weights of(Checkpoint checkpoint, Placement placement, TensorOwner owner) {
    return new Weights(
        new Book(checkpoint.path(), checkpoint, checkpoint.entries(), null, placement, owner), "");
  }

  /**
   * All tensors of {@code checkpoint} with every stored key renamed first, for checkpoints whose
   * writers disagree about a prefix. A key mapped to null is passed over.
   */
  public static Weights of(
      Checkpoint checkpoint,
      Placement placement,
      TensorOwner owner,
      Function<String, @Nullable String> rename) {
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    checkpoint
        .entries()
        .forEach(
            (name, entry) -> {
              String renamed = rename.apply(name);
              if (renamed != null) {
                entries.put(renamed, entry);
              }
            });
    return new Weights(
        new Book(checkpoint.path(), checkpoint, entries, null, placement, owner), "");
  }

  /**
   * No file: every tensor asked for is made on the meta device, with its shape and without memory.
   * {@link #asked} then tells what a model wants.
   */
  public static Weights meta(TensorOwner owner) {
    return new Weights(new Book(Path.of("meta"), null, Map.of(), null, Placement.META, owner), "");
  }

  /**
   * No file: every tensor asked for is made by {@code initializer} at {@code placement}, so that a
   * model can be built from its config alone.
   */
  public static Weights made(Initializer initializer, Placement placement, TensorOwner owner) {
    return new Weights(
        new Book(Path.of("made"), null, Map.of(), initializer, placement, owner), "");
  }

  /** Makes the first values of a model's tensors. */
  @FunctionalInterface
  public interface Initializer {
    /**
     * The values of one tensor, in the caller's scope.
     *
     * @param key its full name in the checkpoint
     */
    Tensor make(String key, long[] shape, Placement placement);
  }

  /** The view of the keys below {@code name}. */
  public Weights in(String name) {
    return new Weights(book, prefix + name + ".");
  }

  /** The view of the keys below the list element {@code index}. */
  public Weights in(int index) {
    return in(Integer.toString(index));
  }

  /** The full key of {@code name} in this view. */
  public String key(String name) {
    return prefix + name;
  }

  /** This view's own key, without a trailing dot: the path of a module. */
  public String path() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  /** Whether the checkpoint has that key; always false on the meta device. */
  public boolean has(String name) {
    return book.entries.containsKey(prefix + name);
  }

  /** The device and dtype that tensors are read to. */
  public Placement placement() {
    return book.placement;
  }

  /** Who owns tensors that are made while the model is built. */
  public TensorOwner owner() {
    return book.owner;
  }

  /**
   * One frozen tensor, placed. If it is missing or has another shape, that is noted for {@link
   * #requireComplete} and a placeholder on the meta device comes back, so that loading can go on
   * and all problems are told at once.
   */
  public Tensor tensor(String name, long... shape) {
    String key = prefix + name;
    List<Long> wanted = Arrays.stream(shape).boxed().toList();
    book.asked.put(key, wanted);
    Tensor made =
        book.initializer == null
            ? read(key, wanted, shape)
            : own(() -> book.initializer.make(key, shape, book.placement));
    book.made.put(key, made);
    return made;
  }

  /** From now on, {@link #frozen} weights are kept in that form. */
  Weights keeping(FrozenForm form) {
    book.form = form;
    return this;
  }

  /** One frozen matrix or kernel in the form that was asked for; else as {@link #tensor}. */
  public FrozenWeight frozen(String name, long... shape) {
    if (book.form.equals(FrozenForm.PLAIN)) {
      return FrozenWeight.whole(tensor(name, shape));
    }
    FrozenWeight[] stored = new FrozenWeight[1];
    try (TensorOwner passing = new TensorOwner()) {
      Weights made = new Weights(book.passing(passing), prefix);
      Memory.withoutGrad(
          () ->
              stored[0] =
                  book.form.of(made.tensor(name, shape), book.placement).ownedBy(book.owner));
      book.made.put(prefix + name, stored[0].values());
    }
    return stored[0];
  }

  private Tensor own(Supplier<Tensor> values) {
    return Memory.freeing(() -> book.owner.own(Memory.noGrad(values)));
  }

  private Tensor read(String key, List<Long> wanted, long[] shape) {
    Checkpoint checkpoint = book.checkpoint;
    TensorEntry entry = book.placement.isMeta() ? null : fitting(key, wanted);
    if (checkpoint == null || entry == null) {
      return Memory.freeing(
          () ->
              book.owner.own(
                  torch.empty(
                      shape,
                      new TensorOptions(book.placement.dtype().scalarType())
                          .device(new DeviceOptional(Placement.META.torchDevice())),
                      null)));
    }
    return own(
        () -> {
          Tensor stored = checkpoint.tensor(entry.name());
          return book.asStored ? stored : book.placement.place(stored);
        });
  }

  /** The entry of that key if it has that shape; else null, and a problem is noted. */
  private @Nullable TensorEntry fitting(String key, List<Long> wanted) {
    TensorEntry entry = book.entries.get(key);
    if (entry == null) {
      book.problems.add("missing " + key + " " + wanted);
      return null;
    }
    if (!entry.shape().equals(wanted)) {
      book.problems.add("%s is %s, expected %s".formatted(key, entry.shape(), wanted));
      return null;
    }
    return entry;
  }

  /** Key and shape of everything that was asked for so far, sorted by key. */
  public Map<String, List<Long>> asked() {
    return new TreeMap<>(book.asked);
  }

  /**
   * Key and tensor of everything that was handed out so far, in the order it was asked for; the
   * owner keeps them. To train a model, have these require a gradient.
   */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(book.made);
  }

  /**
   * Demands that all that was asked for was there, with the right shape, and that nothing else is.
   *
   * @throws CheckpointException with one line that lists what is missing, of another shape, or
   *     unexpected
   */
  public void requireComplete() throws CheckpointException {
    requireComplete(Set.of());
  }

  /** {@link #requireComplete()}, except that keys in {@code ignored} may be there unread. */
  public void requireComplete(Set<String> ignored) throws CheckpointException {
    List<String> problems = new ArrayList<>(book.problems);
    book.entries.keySet().stream()
        .filter(name -> !book.asked.containsKey(name) && !ignored.contains(name))
        .forEach(name -> problems.add("unexpected " + name));
    if (!problems.isEmpty()) {
      int shown = Math.min(8, problems.size());
      String rest = problems.size() > shown ? " and " + (problems.size() - shown) + " more" : "";
      throw new CheckpointException(
          "%s: the weights do not fit config.json: %s%s"
              .formatted(book.path, String.join("; ", problems.subList(0, shown)), rest));
    }
  }
}
