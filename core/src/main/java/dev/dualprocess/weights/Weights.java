package dev.dualprocess.weights;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
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

  private Weights(Book book, String prefix) {
    this.book = book;
    this.prefix = prefix;
  }

  /**
   * All tensors of {@code checkpoint}, to be placed at {@code placement} and owned by {@code
   * owner}.
   */
  public static Weights of(Checkpoint checkpoint, Placement placement, TensorOwner owner) {
    return laidOut(checkpoint, placement, owner, Renaming.NONE);
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
    return laidOut(checkpoint, placement, owner, Renaming.each(rename));
  }

  /** The tensors of {@code checkpoint} where a layout finds them. */
  static Weights laidOut(
      Checkpoint checkpoint, Placement placement, TensorOwner owner, Layout layout) {
    return new Weights(Book.of(checkpoint, layout, placement, owner), "");
  }

  /**
   * No file: every tensor asked for is made on the meta device, with its shape and without memory.
   * {@link #asked} then tells what a model wants.
   */
  public static Weights meta(TensorOwner owner) {
    return new Weights(Book.without("meta", null, Placement.META, owner), "");
  }

  /**
   * No file: every tensor asked for is made by {@code initializer} at {@code placement}, so that a
   * model can be built from its config alone.
   */
  public static Weights made(Initializer initializer, Placement placement, TensorOwner owner) {
    return new Weights(Book.without("made", initializer, placement, owner), "");
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
    return book.form.equals(FrozenForm.PLAIN)
        ? FrozenWeight.whole(tensor(name, shape))
        : frozen(name, UnaryOperator.identity(), shape);
  }

  /**
   * {@link #frozen} with zeros behind its rows and columns, [out', in'] of the stored [out, in]:
   * for devices that are fastest with whole blocks.
   */
  public FrozenWeight frozenUpTo(String name, long out, long in, long outTo, long inTo) {
    long[] zeros = {0, inTo - in, 0, outTo - out};
    return outTo == out && inTo == in
        ? frozen(name, out, in)
        : frozen(name, w -> torch.constant_pad_nd(w, zeros, new Scalar(0.0)), out, in);
  }

  private FrozenWeight frozen(String name, UnaryOperator<Tensor> finish, long... shape) {
    FrozenWeight[] stored = new FrozenWeight[1];
    try (TensorOwner passing = new TensorOwner()) {
      Weights made = new Weights(book.passing(passing), prefix);
      Memory.withoutGrad(
          () -> {
            Tensor whole = finish.apply(made.tensor(name, shape));
            stored[0] = book.form.of(whole, book.placement).ownedBy(book.owner);
          });
      book.made.put(prefix + name, stored[0].values());
    }
    return stored[0];
  }

  private Tensor own(Supplier<Tensor> values) {
    return Memory.freeing(() -> book.owner.own(Memory.noGrad(values)));
  }

  private Tensor read(String key, List<Long> wanted, long[] shape) {
    Checkpoint checkpoint = book.checkpoint;
    StoredSlice slice = book.placement.isMeta() ? null : fitting(key, wanted);
    boolean refused = !book.problems.isEmpty(); // then nothing more need be read
    if (checkpoint == null || slice == null || refused) {
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
          Tensor stored = checkpoint.values(slice);
          boolean asStored = book.asStored && !checkpoint.isScaled(slice);
          return asStored ? stored : book.placement.place(stored);
        });
  }

  /** Where that key's values lie if they have that shape; else null, and a problem is noted. */
  private @Nullable StoredSlice fitting(String key, List<Long> wanted) {
    StoredSlice slice = book.entries.get(key);
    if (slice == null) {
      book.problems.add("missing " + key + " " + wanted);
      return null;
    }
    if (!slice.shape().equals(wanted)) {
      book.problems.add("%s is %s, expected %s".formatted(key, slice.shape(), wanted));
      return null;
    }
    Optional<String> problem =
        Optional.ofNullable(book.checkpoint).flatMap(checkpoint -> checkpoint.problem(slice));
    problem.ifPresent(book.problems::add);
    return problem.isPresent() ? null : slice;
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
   * Demands that all that was asked for was there, with the right shape, and that nothing else is,
   * except for tables that the model computes itself.
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
        .filter(name -> !Buffers.isOne(name))
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
