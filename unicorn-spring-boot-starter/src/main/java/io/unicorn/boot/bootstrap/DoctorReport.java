package io.unicorn.boot.bootstrap;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

import io.unicorn.boot.doctor.Doctor;
import io.unicorn.boot.doctor.Finding;
import io.unicorn.launch.plan.WorkerCommand;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Prints the findings of the command {@code doctor}, when all beans exist and before
 * anything is started.
 */
final class DoctorReport {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final ConfigurableEnvironment environment;

	private final List<String> silenced;

	private final int workers;

	private final PrintStream out;

	DoctorReport(ConfigurableEnvironment environment, List<String> silenced, int workers, PrintStream out) {
		this.environment = environment;
		this.silenced = silenced;
		this.workers = workers;
		this.out = out;
	}

	/** Whether this process examines the application. */
	static boolean isWanted() {
		return System.getProperty(WorkerCommand.CHECK_PROPERTY, "").startsWith(WorkerCommand.DOCTOR);
	}

	/** Let a context print and end this process when its beans exist. */
	void addTo(ConfigurableApplicationContext context) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		((BeanDefinitionRegistry) beans).registerBeanDefinition("unicornDoctorCommand",
				new RootBeanDefinition(SmartInitializingSingleton.class, () -> () -> end(print(beans))));
	}

	/** Print what the configuration alone tells: the context could not be built. */
	void printWithoutBeans() {
		print(null);
		this.out.println("The application could not be built, so only its configuration was examined.");
		this.out.flush();
	}

	/**
	 * Print the findings.
	 * @return whether there are any
	 */
	boolean print(@Nullable ConfigurableListableBeanFactory beans) {
		List<Finding> findings = new Doctor(this.environment, beans, this.silenced, () -> this.workers)
			.findings(PATIENCE);
		if (findings == null) {
			this.out.println("A database does not answer, so nothing was found within " + PATIENCE.toSeconds() + " s");
			return true;
		}
		findings.forEach(this.out::println);
		if (findings.isEmpty() && beans != null) {
			this.out.println("Nothing was found that works in one process only.");
		}
		return !findings.isEmpty();
	}

	private static void end(boolean found) {
		System.out.flush();
		System.err.flush();
		boolean strict = System.getProperty(WorkerCommand.CHECK_PROPERTY, "").equals(WorkerCommand.STRICT_DOCTOR);
		// Nothing was started, so no shutdown hook needs to run.
		Runtime.getRuntime().halt((found && strict) ? 1 : 0);
	}

}
