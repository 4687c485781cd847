package io.unicorn.boot.doctor;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.mock.env.MockEnvironment;

/**
 * An application in which the tests of the rules find something, or nothing.
 */
abstract class ExaminedApplication {

	final MockEnvironment environment = new MockEnvironment();

	final GenericApplicationContext context = new AnnotationConfigApplicationContext();

	int workers = 3;

	/** Start the application, and return the ids of what is found. */
	List<String> found() {
		AutoConfigurationPackages.register(this.context, "io.unicorn.boot.doctor");
		this.context.refresh();
		return Rules
			.findings(new Inspection(this.environment, this.context.getBeanFactory(), () -> this.workers), Set.of())
			.stream()
			.map(Finding::id)
			.toList();
	}

	List<String> found(String property, String value) {
		this.environment.setProperty(property, value);
		return found();
	}

	<T> void bean(String name, Class<T> type, Supplier<T> supplier) {
		this.context.registerBean(name, type, supplier);
	}

}
