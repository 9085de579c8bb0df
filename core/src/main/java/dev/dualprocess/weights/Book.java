package dev.dualprocess.weights;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** What all views of one checkpoint share. */
final class Book {
  final Path path;
  final @Nullable Checkpoint checkpoint;
  final Map<String, StoredSlice> entries;
  final Weights.@Nullable Initializer initializer; // in place of a checkpoint, or null
  final Placement placement;
  final TensorOwner owner;
  final Map<String, List<Long>> asked;
  final Map<String, Tensor> made;
  final List<String> problems;
  FrozenForm form = FrozenForm.PLAIN;
  final boolean asStored; // in the file's dtype, where the file is

  private Book(
      Path path,
      @Nullable Checkpoint checkpoint,
      Map<String, StoredSlice> entries,
      Weights.@Nullable Initializer initializer,
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

  /** One of a checkpoint. */
  static Book of(Checkpoint checkpoint, Layout layout, Placement placement, TensorOwner owner) {
    Map<String, StoredSlice> entries = layout.of(checkpoint.weights());
    return new Book(checkpoint.path(), checkpoint, entries, null, placement, owner);
  }

  /** One without a file. */
  static Book without(
      String name,
      Weights.@Nullable Initializer initializer,
      Placement placement,
      TensorOwner owner) {
    return new Book(Path.of(name), null, Map.of(), initializer, placement, owner);
  }

  /** This book for tensors that are made for its form and go to another owner. */
  Book passing(TensorOwner other) {
    return new Book(this, form, other);
  }
}
