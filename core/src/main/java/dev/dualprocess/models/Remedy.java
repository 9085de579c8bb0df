package dev.dualprocess.models;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A change to a {@link MemoryPlan} that makes it take less, by the option that brings it about. */
enum Remedy {
  RECOMPUTE("--recompute on") {
    @Override
    MemoryPlan applied(MemoryPlan plan) {
      return opened(plan, opening -> opening.withRecompute(Recompute.ON));
    }
  },
  HALF_PRECISION("--dtype bf16") {
    @Override
    MemoryPlan applied(MemoryPlan plan) {
      return opened(
          plan,
          opening ->
              opening.withPlacements(halved(opening.placement()), halved(opening.textPlacement())));
    }

    private static Placement halved(Placement placement) {
      return placement.dtype() == Dtype.FLOAT32
          ? new Placement(placement.device(), Dtype.BFLOAT16)
          : placement;
    }
  },
  EIGHT_BITS("--weights int8") {
    @Override
    MemoryPlan applied(MemoryPlan plan) {
      return opened(plan, opening -> opening.withWeights(opening.weights().inEightBits()));
    }
  },
  OFFLOAD("--offload") {
    @Override
    MemoryPlan applied(MemoryPlan plan) {
      return opened(plan, opening -> opening.withWeights(opening.weights().onTheHost()));
    }
  },
  TEXT_ON_HOST("--text-device cpu") {
    @Override
    MemoryPlan applied(MemoryPlan plan) {
      return opened(
          plan,
          opening ->
              opening.withTextEncodersAt(
                  new Placement(Placement.CPU.device(), opening.textPlacement().dtype())));
    }
  },
  SMALLER_SIZE("--size 256x256") {
    @Override
    MemoryPlan applied(MemoryPlan plan) {
      boolean larger =
          plan.size().map(size -> size.height() > SIDE || size.width() > SIDE).orElse(true);
      return larger
          ? plan.with(plan.drawing(), plan.looking(), Optional.of(ImageSize.square(SIDE)))
          : plan;
    }
  };

  private static final int SIDE = 256;

  private final String option;

  Remedy(String option) {
    this.option = option;
  }

  /** The plan with it; a plan that has it already stays as it is. */
  abstract MemoryPlan applied(MemoryPlan plan);

  static MemoryPlan opened(MemoryPlan plan, UnaryOperator<LoadOptions> change) {
    return plan.with(change.apply(plan.drawing()), change.apply(plan.looking()), plan.size());
  }

  @Override
  public String toString() {
    return option;
  }
}
