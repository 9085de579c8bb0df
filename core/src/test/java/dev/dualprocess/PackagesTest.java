package dev.dualprocess;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** How the packages of core depend on each other. */
class PackagesTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.dualprocess");

  /** Every package is a slice, the root too. */
  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  @Test
  void noTwoPackagesDependOnEachOther() {
    SlicesRuleDefinition.slices()
        .assignedFrom(new ByPackage())
        .should()
        .beFreeOfCycles()
        .check(CORE);
  }

  /** The contract is understood without the engine, the models' pieces or the command line. */
  @Test
  void theContractKnowsNoEngine() {
    noClasses()
        .that()
        .resideInAPackage("dev.dualprocess")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.dualprocess.distill..",
            "dev.dualprocess.spi..",
            "dev.dualprocess.vqa..",
            "dev.dualprocess.models..",
            "dev.dualprocess.recompute..",
            "dev.dualprocess.profile..",
            "dev.dualprocess.run..")
        .check(CORE);
  }

  /** The engine names no file but its checkpoint, and no family of models. */
  @Test
  void theEngineKnowsNoModelAndNoConsole() {
    noClasses()
        .that()
        .resideInAPackage("dev.dualprocess.distill")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.dualprocess.spi..",
            "dev.dualprocess.vqa..",
            "dev.dualprocess.recompute..",
            "dev.dualprocess.nn..",
            "dev.dualprocess.models..",
            "dev.dualprocess.audit..",
            "dev.dualprocess.probe..",
            "dev.dualprocess.evaluate..",
            "dev.dualprocess.language..",
            "dev.dualprocess.run..")
        .check(CORE);
  }

  @Test
  void onlyReportsKnowTheirTemplates() {
    noClasses()
        .that(
            new DescribedPredicate<JavaClass>("are neither audits, evaluations nor cards") {
              @Override
              public boolean test(JavaClass type) {
                return !type.getPackageName().startsWith("dev.dualprocess.audit")
                    && !type.getPackageName().startsWith("dev.dualprocess.evaluate")
                    && !type.getPackageName().startsWith("dev.dualprocess.card");
              }
            })
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.samskivert..")
        .check(CORE);
  }
}
