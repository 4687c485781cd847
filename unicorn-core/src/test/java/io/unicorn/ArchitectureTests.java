package io.unicorn;

import java.util.List;

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
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The arrows between the packages and the habits of the main code. A package need not
 * have classes yet.
 */
@AnalyzeClasses(packages = "io.unicorn", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule posixKnowsNobody = knowsOnly("posix");

	@ArchTest
	static final ArchRule ipcKnowsNobody = knowsOnly("ipc");

	@ArchTest
	static final ArchRule launchKnowsIpcAndPosix = knowsOnly("launch", "ipc", "posix");

	@ArchTest
	static final ArchRule workerKnowsIpc = knowsOnly("worker", "ipc");

	@ArchTest
	static final ArchRule masterKnowsLaunchIpcAndPosix = knowsOnly("master", "launch", "ipc", "posix");

	@ArchTest
	static final ArchRule cliKnowsLaunchIpcAndPosix = knowsOnly("cli", "launch", "ipc", "posix");

	@ArchTest
	static final ArchRule nobodyKnowsTheMaster = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.master..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.unicorn.master..")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.unicorn.(*)..")
		.should()
		.beFreeOfCycles()
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule onlyPosixMakesNativeCalls = noClasses().that()
		.resideOutsideOfPackage("..posix..")
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
		.haveNameMatching("io\\.unicorn\\.posix\\.(Posix|Jnr.*|Kernel|Libc|NativeMemory)")
		.because("it would take longer than the rest of a command")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule onlyTheWorkerOpensWhatIsPrivate = noClasses().that()
		.resideOutsideOfPackage("io.unicorn.worker..")
		.should()
		.callMethodWhere(calls("setAccessible or trySetAccessible by reflection", "java.lang.reflect", "setAccessible",
				"trySetAccessible"))
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule nobodySleeps = noClasses().should()
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
	static final ArchRule noLoggingFramework = noClasses().should()
		.dependOnClassesThat(resideInAnyPackage("java.util.logging..", "org.slf4j..", "ch.qos.logback..",
				"org.apache.logging..", "org.apache.log4j..", "org.apache.commons.logging..", "org.jboss.logging..")
			.or(JavaClass.Predicates.assignableTo(System.Logger.class)))
		.because("the master has none, and a worker's belongs to the application")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule noClassIsABag = noClasses().should()
		.haveNameMatching(".*(Util|Utils|Helper|Manager)")
		.because("a class is named after the one thing it does")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes().should(beInANullMarkedPackage()).allowEmptyShould(true);

	private static ArchRule knowsOnly(String name, String... known) {
		DescribedPredicate<JavaClass> others = resideInAPackage("io.unicorn..").and(not(inPackage(name)));
		for (String other : known) {
			others = others.and(not(inPackage(other)));
		}
		return noClasses().that(inPackage(name))
			.should()
			.dependOnClassesThat(others)
			.as("package " + name + " may use no package of ours but itself and " + List.of(known))
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
