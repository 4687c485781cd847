package io.unicorn.boot.once;

import java.util.Set;

import io.unicorn.ipc.Initialization;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.PropertyAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Gives all workers the same password where Spring Boot would generate one for each
 * ({@code spring.security.user.password} is not set). The first worker of the pool prints
 * it, as Spring Boot does.
 */
final class GeneratedPassword implements BeanPostProcessor {

	private static final Set<String> PROPERTIES = Set
		.of("org.springframework.boot.security.autoconfigure.SecurityProperties");

	private final String secret;

	private final boolean first;

	/**
	 * Create.
	 * @param secret the secret of the pool, empty if it has none
	 */
	GeneratedPassword(String secret, Initialization initialization) {
		this.secret = secret;
		this.first = initialization == Initialization.START;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!this.secret.isEmpty() && TypeNames.find(bean.getClass(), PROPERTIES) != null) {
			Object user = PropertyAccessorFactory.forBeanPropertyAccess(bean).getPropertyValue("user");
			if (user != null) {
				replace(user);
			}
		}
		return bean;
	}

	private void replace(Object user) {
		PropertyAccessor properties = PropertyAccessorFactory.forBeanPropertyAccess(user);
		if (Boolean.TRUE.equals(properties.getPropertyValue("passwordGenerated"))) {
			String password = new PoolSecret(this.secret).uuid("spring.security.user.password");
			// A password that was set is not printed; one in the field still counts as
			// generated.
			(this.first ? new DirectFieldAccessor(user) : properties).setPropertyValue("password", password);
		}
	}

}
