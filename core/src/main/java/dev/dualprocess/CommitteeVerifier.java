package dev.dualprocess;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Several verifiers that are asked the same: the loss of every question is the weighted mean of
 * theirs, Σ wᵢLᵢ / Σ wᵢ, so the committee's probability is the weighted geometric mean of theirs.
 * Closing it closes them.
 */
public final class CommitteeVerifier implements Verifier {
  private final List<Verifier> members;
  private final List<Double> weights;
  private final List<Double> shares; // of each member in the loss, 1 in all
  private final Lifetime lifetime;

  /** Takes ownership of at least one member; all count the same. */
  public CommitteeVerifier(List<? extends Verifier> members) {
    this(members, Collections.nCopies(Objects.requireNonNull(members, "members").size(), 1.0));
  }

  /**
   * Takes ownership of at least one member.
   *
   * @param weights wᵢ, how much each member counts beside the others, finite and above 0
   * @throws IllegalArgumentException in one line, if there is no member, or not one weight for each
   */
  public CommitteeVerifier(List<? extends Verifier> members, List<Double> weights) {
    Objects.requireNonNull(members, "members");
    Objects.requireNonNull(weights, "weights");
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a committee needs members");
    }
    if (weights.size() != members.size()) {
      throw new IllegalArgumentException(
          "a committee of %d members needs as many weights, not %d"
              .formatted(members.size(), weights.size()));
    }
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "a member's weight must be a number above 0, not " + weight);
      }
    }
    double total = weights.stream().mapToDouble(Double::doubleValue).sum();
    this.members = List.copyOf(members);
    this.weights = List.copyOf(weights);
    this.shares = weights.stream().map(weight -> weight / total).toList();
    this.lifetime = new Lifetime("verifier '" + name() + "'");
  }

  /** Its members' names, joined by {@code +}; with their weights where these differ. */
  @Override
  public String name() {
    boolean weighted = weights.stream().distinct().count() > 1;
    return IntStream.range(0, members.size())
        .mapToObj(i -> members.get(i).name() + (weighted ? ":" + weights.get(i) : ""))
        .collect(Collectors.joining("+"));
  }

  @Override
  public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
    lifetime.requireOpen();
    return mean(members.stream().map(m -> m.assess(image, questions, settings)).toList());
  }

  @Override
  public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
    lifetime.requireOpen();
    List<List<Assessment>> said = new ArrayList<>();
    Tensor gradient =
        Memory.scoped(
            () -> {
              Tensor sum = null;
              for (int i = 0; i < members.size(); i++) {
                Verifier member = members.get(i);
                Critique critique =
                    Objects.requireNonNull(
                        member.critique(image, questions, settings),
                        () -> "its member '" + member.name() + "' returned no critique");
                said.add(critique.assessments());
                Tensor own = Ops.mul(Ops.toLike(critique.imageGradient(), image), shares.get(i));
                sum = sum == null ? own : sum.add(own);
              }
              return Objects.requireNonNull(sum); // there are members
            });
    return new Critique(mean(said), gradient);
  }

  /** Question by question, what the members say on average. */
  private List<Assessment> mean(List<List<Assessment>> said) {
    List<Assessment> means = new ArrayList<>();
    for (int q = 0; q < said.get(0).size(); q++) {
      double loss = 0;
      List<String> predicted = new ArrayList<>();
      for (int i = 0; i < said.size(); i++) {
        Assessment own = said.get(i).get(q);
        loss += shares.get(i) * own.loss();
        predicted.add(own.predicted());
      }
      predicted.removeIf(String::isBlank);
      means.add(Assessment.ofLoss(loss, String.join(" / ", predicted)));
    }
    return means;
  }

  @Override
  public void close() {
    lifetime.close(() -> members.forEach(Verifier::close));
  }
}
