package io.unicorn.boot.bootstrap.files;

import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationListener;

/**
 * The listeners of one type that the application has registered.
 *
 * @param application the application
 * @param type their type
 */
record RegisteredListeners<T extends ApplicationListener<?>>(SpringApplication application, Class<T> type) {

	/** Return them in the order of the application. */
	List<T> all() {
		return this.application.getListeners().stream().filter(this.type::isInstance).map(this.type::cast).toList();
	}

	/** Remove them from the application. */
	void remove() {
		List<ApplicationListener<?>> others = this.application.getListeners()
			.stream()
			.filter((listener) -> !this.type.isInstance(listener))
			.toList();
		this.application.setListeners(others);
	}

}
