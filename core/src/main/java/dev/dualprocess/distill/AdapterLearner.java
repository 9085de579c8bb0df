package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.distill.DraftPass.Comparing;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraPenalty;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.tensor.GraphedPasses;
import dev.dualprocess.tensor.GraphedPasses.Pass;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Learns a LoRA on n noise seeds in turn. The LoRA belongs to the run's caller. */
final class AdapterLearner implements Learner {
  private static final double MOST_BYTES_OF_NOISE = 4e9;

  private final LoraTargets targets;
  private final Regularisation regularisation;
  private final int tokenSide; // 0 where nothing needs it
  private final Tensor noise; // [n, latent shape]
  private final Lora lora;
  private final Adam adam;
  private final GraphedPasses passes;
  private final MeanGradient gradient;
  private final Ranks ranks; // not owned
  private final int draws; // of a step, on all ranks
  private double penaltyOfDraws; // what penalties added to the draws of this step
  private double penalty;

  private AdapterLearner(
      Generator generator, DistillSettings settings, Tensor noise, Lora lora, Ranks ranks) {
    this.targets = generator.loraTargets();
    this.passes = Drafting.passes(generator);
    this.regularisation = settings.regularisation();
    this.tokenSide = regularisation.patternPenalty() > 0 ? tokenSide(generator) : 0;
    this.noise = noise;
    this.lora = lora;
    this.adam = new Adam(lora.flat(), lora.flatGradient(), settings.adam());
    this.draws = settings.accumulate();
    this.ranks = ranks;
    this.gradient = new MeanGradient(lora.flatGradient(), draws, ranks);
  }

  /**
   * A learner at its first step, which owns the noise and not the LoRA.
   *
   * @param given noise [n, latent shape], or null for that of the run's seed
   * @param initial where the LoRA starts, which is copied, or null for a fresh one
   * @param ranks who learn it together, which stay the caller's
   */
  static AdapterLearner start(
      Generator generator,
      DistillSettings settings,
      @Nullable Tensor given,
      @Nullable Lora initial,
      Ranks ranks) {
    if (settings.regularisation().velocityPenalty() > 0) {
      Drafting.velocities(generator);
    }
    if (given == null) {
      requireSize(generator.latentShape(settings.sampling().size()), settings.seeds());
    }
    LoraTargets targets = generator.loraTargets();
    Lora lora =
        initial == null
            ? targets.create(settings.lora(), settings.seed())
            : initial.on(targets.placement());
    try {
      Tensor noise =
          Memory.kept(
              () ->
                  given == null
                      ? generator.noise(
                          settings.seed(), settings.seeds(), settings.sampling().size())
                      : given);
      return new AdapterLearner(generator, settings, noise, lora, ranks);
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  private static int tokenSide(Generator generator) {
    return generator
        .tokenSide()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "generator '%s' does not say how large its tokens are, so that there is no"
                            .formatted(generator.name())
                        + " penalty on their pattern"));
  }

  private static void requireSize(long[] latents, int seeds) {
    double bytes = 4.0 * seeds;
    for (long size : latents) {
      bytes *= size;
    }
    if (bytes > MOST_BYTES_OF_NOISE) {
      throw new IllegalArgumentException(
          "the noise of %d seeds takes %.1f GB at this size, more than %.0f; choose fewer seeds"
              .formatted(seeds, bytes / 1e9, MOST_BYTES_OF_NOISE / 1e9));
    }
  }

  /** The LoRA that is learnt; it stays valid when this is closed. */
  Lora lora() {
    return lora;
  }

  @Override
  public int seeds() {
    return Math.toIntExact(noise.size(0));
  }

  @Override
  public Tensor noise(int k) {
    return noise.narrow(0, k % seeds(), 1);
  }

  @Override
  public Attachment attach() {
    return targets.attachForOnePass(lora);
  }

  @Override
  public void begin() {
    gradient.begin();
    penaltyOfDraws = 0;
  }

  @Override
  public void gather() {
    gradient.add();
  }

  @Override
  public Draft draft(Tensor zt, Drafting drafting) {
    Comparing comparing =
        new Comparing(regularisation.comparesWithBareImage(), regularisation.velocityPenalty());
    Pass pass = passes.next(drafting.key(), () -> DraftPass.of(drafting, this::attach, comparing));
    Drafted draft = Drafted.begun(pass, adam, zt);
    List<ImagePenalty> penalties = penalties(draft);
    return penalties.isEmpty() && !comparing.velocity()
        ? draft
        : new Penalised(draft, penalties, comparing.velocity());
  }

  @Override
  public double update() {
    gradient.finish();
    penalty = penalises() ? ranks.sum(penaltyOfDraws)[0] / draws : 0;
    if (regularisation.loraPenalty() > 0) {
      penalty += LoraPenalty.addGradient(lora, regularisation.loraPenalty());
    }
    return adam.step();
  }

  private boolean penalises() {
    return regularisation.comparesWithBareImage() || regularisation.velocityPenalty() > 0;
  }

  @Override
  public double penalty() {
    return penalty;
  }

  @Override
  public Tensor parameters() {
    return lora.flat();
  }

  @Override
  public Adam adam() {
    return adam;
  }

  @Override
  public void close() {
    passes.close();
    gradient.close();
    adam.close();
    noise.close();
  }

  /** What the image should not become. */
  private List<ImagePenalty> penalties(Drafted draft) {
    List<ImagePenalty> penalties = new ArrayList<>();
    if (regularisation.driftPenalty() > 0) {
      penalties.add(new DriftPenalty(regularisation.driftPenalty(), draft.image(), draft.bare()));
    }
    if (regularisation.texturePenalty() > 0) {
      penalties.add(
          new TexturePenalty(regularisation.texturePenalty(), draft.image(), draft.bare()));
    }
    if (regularisation.patternPenalty() > 0) {
      penalties.add(
          new PatternPenalty(
              regularisation.patternPenalty(), draft.image(), draft.bare(), tokenSide));
    }
    return penalties;
  }

  /**
   * A draft whose backward begins with penalties on its image; that on the velocity is the pass's
   * own.
   */
  private final class Penalised implements Draft {
    private final Drafted draft;
    private final List<ImagePenalty> penalties;
    private final boolean ofVelocity;

    Penalised(Drafted draft, List<ImagePenalty> penalties, boolean ofVelocity) {
      this.draft = draft;
      this.penalties = penalties;
      this.ofVelocity = ofVelocity;
    }

    @Override
    public Tensor image() {
      return draft.image();
    }

    @Override
    public void backward(Tensor dImage) {
      Tensor sum = Ops.toLike(dImage, image());
      penaltyOfDraws += ofVelocity ? draft.velocityPenalty().item_double() : 0;
      for (ImagePenalty each : penalties) {
        penaltyOfDraws += each.value();
        sum = sum.add(each.gradient());
      }
      draft.backward(sum);
    }

    @Override
    public void close() {
      draft.close();
    }
  }
}
