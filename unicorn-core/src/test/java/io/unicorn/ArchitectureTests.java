package io.unicorn;

import java.time.Clock;
import java.util.List;
import java.util.Random;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Checks which package uses which, and some rules for all main code.
 */
@AnalyzeClasses(packages = "io.unicorn", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule posixUsesNoPackage = packageUses("posix");

	@ArchTest
	static final ArchRule libcUsesPosix = packageUses("posix.libc", "posix");

	@ArchTest
	static final ArchRule schedulingUsesLibc = packageUses("posix.scheduling", "posix", "posix.libc");

	@ArchTest
	static final ArchRule socketUsesLibc = packageUses("posix.socket", "posix", "posix.libc");

	@ArchTest
	static final ArchRule processUsesScheduling = packageUses("posix.process", "posix", "posix.libc",
			"posix.scheduling");

	@ArchTest
	static final ArchRule jnrUsesAllOfPosix = packageUses("posix.jnr", "posix", "posix.libc", "posix.scheduling",
			"posix.socket", "posix.process");

	@ArchTest
	static final ArchRule settingsUseNoPackage = packageUses("launch.settings");

	@ArchTest
	static final ArchRule workdirUsesPosix = packageUses("launch.workdir", "posix");

	@ArchTest
	static final ArchRule generationUsesWorkdir = packageUses("launch.generation", "launch.workdir");

	@ArchTest
	static final ArchRule planUsesSettingsAndGeneration = packageUses("launch.plan", "launch.settings",
			"launch.generation", "launch.workdir", "posix");

	@ArchTest
	static final ArchRule cacheUsesPlan = packageUses("launch.cache", "launch.plan", "launch.settings",
			"launch.generation", "launch.workdir", "posix");

	@ArchTest
	static final ArchRule leaseUsesCache = packageUses("launch.lease", "launch.cache", "launch.generation",
			"launch.workdir", "posix");

	@ArchTest
	static final ArchRule ipcUsesNoPackage = packagesUse("ipc");

	@ArchTest
	static final ArchRule metersUseNoPackage = packagesUse("meters");

	@ArchTest
	static final ArchRule workerUsesIpcAndMeters = packagesUse("worker", "ipc", "meters");

	@ArchTest
	static final ArchRule masterUsesLaunchIpcMetersAndPosix = packagesUse("master", "launch", "ipc", "meters", "posix");

	@ArchTest
	static final ArchRule cliUsesLaunchIpcAndPosix = packagesUse("cli", "launch", "ipc", "posix");

	@ArchTest
	static final ArchRule noOtherPackageUsesTheMaster = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.master..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.master..")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.unicorn.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule theArbiterIsPure = noClasses().that()
		.resideInAPackage("io.unicorn.master.arbiter..")
		.should()
		.dependOnClassesThat(
				resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.security..", "java.util.concurrent..",
						"java.lang.management..", "sun..", "io.unicorn.posix..")
					.or(type(Thread.class))
					.or(type(ProcessHandle.class))
					.or(type(Process.class))
					.or(type(Runtime.class))
					.or(type(Random.class))
					.or(type(Clock.class)))
		.orShould()
		.callMethodWhere(
				calls("System", "java.lang.System", "nanoTime", "currentTimeMillis", "getProperty", "getenv", "exit"))
		.orShould()
		.callMethodWhere(calls("a clock of its own", "java.time", "now"))
		.orShould()
		.callMethodWhere(calls("randomness of its own", "java.lang.Math", "random"))
		.orShould()
		.callMethodWhere(calls("randomness of its own", "java.util.random.RandomGenerator", "getDefault", "of"))
		.because("the simulation drives it through hours of virtual time, and a seed must repeat a failure");

	@ArchTest
	static final ArchRule onlyLibcMakesNativeCalls = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.posix.libc")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("jnr..", "com.kenai..")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule nativeCallsAreBoundWithoutReflection = noClasses().should()
		.dependOnClassesThat()
		.resideInAPackage("jnr..")
		.because("the upper half of jnr-ffi takes longer to start than all calls of a start, and is not in a master");

	@ArchTest
	static final ArchRule aCommandLoadsNoNativeLibrary = noClasses().that(inPackage("cli"))
		.should()
		.dependOnClassesThat()
		.haveNameMatching("io\\.unicorn\\.posix\\.(Posix|(jnr|libc|process|scheduling|socket)\\..*)")
		.because("it would take longer than the rest of a command")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule onlyTheWorkerUsesPrivateMembers = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.worker..")
		.should()
		.callMethodWhere(calls("setAccessible or trySetAccessible by reflection", "java.lang.reflect", "setAccessible",
				"trySetAccessible"))
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule noThreadSleeps = noClasses().should()
		.callMethodWhere(calls("Thread.sleep", "java.lang.Thread", "sleep"))
		.orShould()
		.callMethodWhere(calls("TimeUnit.sleep", "java.util.concurrent.TimeUnit", "sleep"))
		.because("a wait has a condition and can be interrupted, and a test must not depend on the clock")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule onlyMasterAndWorkerEndTheProcess = noClasses().that()
		.resideOutsideOfPackages("io.unicorn.master..", "io.unicorn.worker..")
		.should()
		.callMethodWhere(calls("System.exit", "java.lang.System", "exit"))
		.orShould()
		.callMethodWhere(calls("Runtime.exit or halt", "java.lang.Runtime", "exit", "halt"))
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule noLoggingFrameworkIsUsed = noClasses().should()
		.dependOnClassesThat(resideInAnyPackage("java.util.logging..", "org.slf4j..", "ch.qos.logback..",
				"org.apache.logging..", "org.apache.log4j..", "org.apache.commons.logging..", "org.jboss.logging..")
			.or(JavaClass.Predicates.assignableTo(System.Logger.class)))
		.because("the master has none, and a worker's belongs to the application")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule noClassIsNamedUtilOrHelper = noClasses().should()
		.haveNameMatching(".*(Util|Utils|Helper|Manager)")
		.because("a class is named after the one thing it does")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes().should(beInANullMarkedPackage()).allowEmptyShould(true);

	/** Return a rule for one package, without those below it. */
	private static ArchRule packageUses(String name, String... used) {
		DescribedPredicate<JavaClass> others = resideInAPackage("io.unicorn..")
			.and(not(resideInAPackage("io.unicorn." + name)));
		for (String other : used) {
			others = others.and(not(resideInAPackage("io.unicorn." + other)));
		}
		return noClasses().that()
			.resideInAPackage("io.unicorn." + name)
			.should()
			.dependOnClassesThat(others)
			.as("package " + name + " may use no package of this project but itself and " + List.of(used));
	}

	/** Return a rule for a package and all those below it. */
	private static ArchRule packagesUse(String name, String... used) {
		DescribedPredicate<JavaClass> others = resideInAPackage("io.unicorn..").and(not(inPackage(name)));
		for (String other : used) {
			others = others.and(not(inPackage(other)));
		}
		return noClasses().that(inPackage(name))
			.should()
			.dependOnClassesThat(others)
			.as("packages " + name + ".. may use no package of this project but themselves and " + List.of(used))
			.allowEmptyShould(true);
	}

	private static DescribedPredicate<JavaClass> inPackage(String name) {
		return resideInAPackage("io.unicorn." + name + "..");
	}

	private static DescribedPredicate<JavaCall<?>> calls(String description, String owner, String... methods) {
		return DescribedPredicate.describe(description, (call) -> call.getTargetOwner().getFullName().startsWith(owner)
				&& List.of(methods).contains(call.getName()));
	}

	private static ArchCondition<JavaClass> beInANullMarkedPackage() {
		return new ArchCondition<>("be in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
				events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
			}

		};
	}

}
