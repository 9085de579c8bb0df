package dev.dualprocess;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * Several verifiers that are asked the same: the loss of every question is the mean of theirs, so
 * the committee's probability is the geometric mean of theirs. Closing it closes them.
 */
public final class CommitteeVerifier implements Verifier {
  private final List<Verifier> members;
  private final Lifetime lifetime;

  /** Takes ownership of at least one member. */
  public CommitteeVerifier(List<? extends Verifier> members) {
    Objects.requireNonNull(members, "members");
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a committee needs members");
    }
    this.members = List.copyOf(members);
    this.lifetime = new Lifetime("verifier '" + name() + "'");
  }

  /** Its members' names, joined by {@code +}. */
  @Override
  public String name() {
    return members.stream().map(Verifier::name).collect(Collectors.joining("+"));
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
              for (Verifier member : members) {
                Critique critique =
                    Objects.requireNonNull(
                        member.critique(image, questions, settings),
                        () -> "its member '" + member.name() + "' returned no critique");
                said.add(critique.assessments());
                Tensor own = Ops.toLike(critique.imageGradient(), image);
                sum = sum == null ? own : sum.add(own);
              }
              // There are members, so there is a sum.
              return Ops.mul(Objects.requireNonNull(sum), 1.0 / members.size());
            });
    return new Critique(mean(said), gradient);
  }

  /** Question by question, what the members say on average. */
  private static List<Assessment> mean(List<List<Assessment>> said) {
    List<Assessment> means = new ArrayList<>();
    for (int q = 0; q < said.get(0).size(); q++) {
      double loss = 0;
      List<String> predicted = new ArrayList<>();
      for (List<Assessment> member : said) {
        loss += member.get(q).loss() / said.size();
        predicted.add(member.get(q).predicted());
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
