package io.unicorn.boot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arrows between the packages of the starter, and the habits of its main code.
 */
@AnalyzeClasses(packages = "io.unicorn.boot", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String IMPORTS = "/META-INF/spring/";

	@ArchTest
	static final ArchRule aServerAdapterKnowsTheWorkerAlone = noClasses().that()
		.resideInAPackage("io.unicorn.boot.tomcat..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.boot", "io.unicorn.boot.bootstrap..", "io.unicorn.boot.actuate..",
				"io.unicorn.boot.autoconfigure..");

	@ArchTest
	static final ArchRule nobodyKnowsTheBootstrap = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.boot.bootstrap..");

	@ArchTest
	static final ArchRule nobodyKnowsTheActuator = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.actuate..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.boot.actuate..");

	@ArchTest
	static final ArchRule onlyTheBootstrapCallsTheOperatingSystem = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.posix..", "jnr..", "com.kenai..");

	@ArchTest
	static final ArchRule onlyTheBootstrapPlansTheLaunch = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.haveNameMatching("io\\.unicorn\\.launch\\.(LaunchPlan.*|WorkDir|JavaCommandLine|PoolSize|Machine)");

	@ArchTest
	static final ArchRule nobodyUsesTheMaster = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.master..");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.unicorn.boot.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule noClassIsABag = noClasses().should()
		.haveNameMatching(".*(Util|Utils|Helper|Manager)")
		.because("a class is named after the one thing it does");

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes()
		.should(new ArchCondition<>("be in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
				events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
			}

		});

	@ArchTest
	static final ArchRule autoConfigurationsAreFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration");

	@ArchTest
	static void autoConfigurationsAreListed(JavaClasses classes) throws IOException {
		assertThat(listed(AutoConfiguration.class.getName())).containsExactlyInAnyOrderElementsOf(classes.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.toList());
		assertThat(listed(ManagementContextConfiguration.class.getName()))
			.containsExactlyInAnyOrderElementsOf(classes.stream()
				.filter((type) -> type.isAnnotatedWith(ManagementContextConfiguration.class))
				.map(JavaClass::getName)
				.toList());
	}

	private static List<String> listed(String annotation) throws IOException {
		try (InputStream in = PoolWorker.class.getResourceAsStream(IMPORTS + annotation + ".imports")) {
			assertThat(in).as(annotation).isNotNull();
			return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
				.filter((line) -> !line.isBlank() && !line.startsWith("#"))
				.toList();
		}
	}

}
