package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.VelocityDraft;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.GraphedPasses.Pass;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.TensorOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A draft with what is learnt. Its results are the draft's image; the image without what is learnt,
 * where that is asked for; and the value of the penalty on the velocity, where that has a weight.
 */
final class DraftPass implements Pass {
  private final Drafting drafting;
  private final Supplier<Attachment> attach;
  private final Comparing comparing;
  private final @Nullable Tensor learnt;
  private final TensorOwner owner = new TensorOwner();
  private @Nullable Draft draft;
  private @Nullable Attachment attached;
  private @Nullable VelocityPenalty penalty;

  /**
   * What a draft is compared with beside the verifier's wishes.
   *
   * @param image whether the image without what is learnt is wanted
   * @param velocityPenalty weight of a penalty on the change of the velocity, or 0
   */
  record Comparing(boolean image, double velocityPenalty) {
    static final Comparing NOTHING = new Comparing(false, 0);

    boolean velocity() {
      return velocityPenalty > 0;
    }
  }

  private DraftPass(
      Drafting drafting,
      Supplier<Attachment> attach,
      Comparing comparing,
      @Nullable Tensor learnt) {
    this.drafting = drafting;
    this.attach = attach;
    this.comparing = comparing;
    this.learnt = learnt;
  }

  /**
   * A pass of a LoRA that learns; its input is z_t.
   *
   * @param attach has the generator use the LoRA
   */
  static DraftPass of(Drafting drafting, Supplier<Attachment> attach, Comparing comparing) {
    return new DraftPass(drafting, attach, comparing, null);
  }

  /** A pass of latents that learn, a leaf that stays where it is; it has no input. */
  static DraftPass ofLatents(Drafting drafting, Tensor learnt) {
    return new DraftPass(drafting, () -> () -> {}, Comparing.NOTHING, learnt);
  }

  @Override
  public Tensor[] forward(Tensor... input) {
    Tensor zt = learnt == null ? input[0] : learnt;
    List<Tensor> results = new ArrayList<>();
    if (comparing.image()) {
      results.add(owner.own(Memory.noGrad(() -> bare(zt))));
    }
    Tensor bareVelocity = comparing.velocity() ? owner.own(drafting.velocity(zt)) : null;
    attached = attach.get();
    Draft made = drafting.from(zt);
    draft = made;
    results.add(0, made.image());
    if (bareVelocity != null && made instanceof VelocityDraft flow) {
      penalty = new VelocityPenalty(comparing.velocityPenalty(), flow.velocity(), bareVelocity);
      results.add(owner.own(penalty.value()));
    }
    return results.toArray(Tensor[]::new);
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
    if (penalty != null && draft instanceof VelocityDraft flow) {
      flow.backward(dImage, penalty.gradient());
    } else {
      draft.backward(dImage);
    }
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
      owner.close();
    }
  }
}
