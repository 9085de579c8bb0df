package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.GraphedPasses.Pass;
import dev.dualprocess.tensor.Memory;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A draft with what is learnt, and the image without it where that is asked for. */
final class DraftPass implements Pass {
  /** The draft's image among the results. */
  static final int IMAGE = 0;

  /** The image without what is learnt. */
  static final int BARE = 1;

  private final Drafting drafting;
  private final Supplier<Attachment> attach;
  private final boolean wantsBare;
  private final @Nullable Tensor learnt;
  private @Nullable Tensor bare;
  private @Nullable Draft draft;
  private @Nullable Attachment attached;

  private DraftPass(
      Drafting drafting, Supplier<Attachment> attach, boolean wantsBare, @Nullable Tensor learnt) {
    this.drafting = drafting;
    this.attach = attach;
    this.wantsBare = wantsBare;
    this.learnt = learnt;
  }

  /**
   * A pass of a LoRA that learns; its input is z_t.
   *
   * @param attach has the generator use the LoRA
   */
  static DraftPass of(Drafting drafting, Supplier<Attachment> attach, boolean wantsBare) {
    return new DraftPass(drafting, attach, wantsBare, null);
  }

  /** A pass of latents that learn, a leaf that stays where it is; it has no input. */
  static DraftPass ofLatents(Drafting drafting, Tensor learnt) {
    return new DraftPass(drafting, () -> () -> {}, false, learnt);
  }

  @Override
  public Tensor[] forward(Tensor... input) {
    Tensor zt = learnt == null ? input[0] : learnt;
    if (wantsBare) {
      bare = Memory.keep(Memory.noGrad(() -> bare(zt)));
    }
    attached = attach.get();
    draft = drafting.from(zt);
    return bare == null ? new Tensor[] {draft.image()} : new Tensor[] {draft.image(), bare};
  }

  private Tensor bare(Tensor zt) {
    try (Draft without = drafting.from(zt)) {
      return without.image().clone();
    }
  }

  @Override
  public boolean goesBack() {
    return true;
  }

  @Override
  public void backward(Tensor dImage) {
    if (draft == null) {
      throw new IllegalStateException("no draft was made");
    }
    draft.backward(dImage);
  }

  /** Detaches last: then what is learnt collects its gradient. */
  @Override
  public void close() {
    try {
      if (draft != null) {
        draft.close();
      }
    } finally {
      if (attached != null) {
        attached.close();
      }
      if (bare != null) {
        bare.close();
      }
    }
  }
}
