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
import io.unicorn.launch.settings.MachineResources;
import io.unicorn.launch.settings.PoolSize;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the direction of dependencies between the starter's packages (bootstrap to
 * autoconfigure to the runtime packages), and rules for all of its main code.
 */
@AnalyzeClasses(packages = "io.unicorn.boot", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String IMPORTS = "/META-INF/spring/";

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.unicorn.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule runtimePackagesDoNotDependOnTheWiring = noClasses().that()
		.resideOutsideOfPackages("io.unicorn.boot.autoconfigure..", "io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.boot.autoconfigure..", "io.unicorn.boot.bootstrap..")
		.because("only the bootstrap reads the properties before there is a context");

	@ArchTest
	static final ArchRule onlyBootstrapDependsOnBootstrap = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.boot.bootstrap..");

	@ArchTest
	static final ArchRule bootstrapDoesNotDependOnTheServerOrTheActuator = noClasses().that()
		.resideInAPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.boot.tomcat..", "io.unicorn.boot.jetty..", "io.unicorn.boot.netty..",
				"io.unicorn.boot.server..", "io.unicorn.boot.actuate..", "io.unicorn.boot.autoconfigure.actuate..")
		.because("the process that becomes the master has neither, and both are optional");

	@ArchTest
	static final ArchRule onlyTheWiringOfTheActuatorDependsOnIt = noClasses().that()
		.resideOutsideOfPackages("io.unicorn.boot.actuate..", "io.unicorn.boot.autoconfigure.actuate..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.boot.actuate..", "io.unicorn.boot.autoconfigure.actuate..")
		.because("Actuator is optional");

	@ArchTest
	static final ArchRule runtimePackagesOfTheServerDependOnTheWarmUpOnly = noClasses().that()
		.resideInAnyPackage("io.unicorn.boot.server..", "io.unicorn.boot.tomcat..", "io.unicorn.boot.jetty..",
				"io.unicorn.boot.netty..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.boot", "io.unicorn.boot.worker..", "io.unicorn.boot.actuate..",
				"io.unicorn.boot.cli..");

	@ArchTest
	static final ArchRule aServerDoesNotDependOnAnother = slices().matching("io.unicorn.boot.(tomcat|jetty|netty)..")
		.should()
		.notDependOnEachOther()
		.because("an application has one of them");

	@ArchTest
	static final ArchRule whatServersShareKnowsNoServer = noClasses().that()
		.resideInAPackage("io.unicorn.boot.server..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.boot.tomcat..", "io.unicorn.boot.jetty..", "io.unicorn.boot.netty..",
				"jakarta.servlet..", "org.apache.catalina..", "org.apache.coyote..", "org.eclipse.jetty..",
				"io.netty..", "reactor..");

	@ArchTest
	static final ArchRule nettyIsForApplicationsThatHaveIt = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.netty..")
		.and()
		.doNotBelongToAnyOf(NettyListenerChannel.class)
		.should()
		.dependOnClassesThat(resideInAPackage("io.netty..").or(belongToAnyOf(NettyListenerChannel.class)))
		.because("Netty is optional");

	@ArchTest
	static final ArchRule quartzIsForApplicationsThatHaveIt = noClasses().that()
		.haveNameNotMatching(".*\\.(LeaderJobs|LeaderTriggers(\\$.*)?|QuartzLeaderConfiguration)")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.quartz..")
		.because("Quartz is optional");

	@ArchTest
	static final ArchRule wiringLivesInAutoconfigure = classes().that()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.or()
		.haveSimpleNameEndingWith("ManagementContextConfiguration")
		.or()
		.haveSimpleNameEndingWith("Properties")
		.should()
		.resideInAPackage("io.unicorn.boot.autoconfigure..");

	@ArchTest
	static final ArchRule onlyBootstrapCallsTheOperatingSystem = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.unicorn.posix..", "jnr..", "com.kenai..");

	@ArchTest
	static final ArchRule onlyBootstrapPlansTheLaunch = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.boot.bootstrap..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("io.unicorn.launch.plan..", "io.unicorn.launch.generation..",
				"io.unicorn.launch.workdir..", "io.unicorn.launch.lease..", "io.unicorn.launch.cache..")
			.or(belongToAnyOf(PoolSize.class, MachineResources.class)))
		.because("workers and their context know the settings only; constants of command lines are inlined");

	@ArchTest
	static final ArchRule noClassDependsOnTheMaster = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.master..");

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
