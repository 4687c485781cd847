package io.unicorn.boot.bootstrap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.bootstrap.BootstrapRegistry;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.BootstrapRegistryInitializer;

/**
 * Begins a {@link HeadStart} at the first moment at which an application lets anybody
 * act: initializers of this kind are the first that it creates.
 */
class HeadStartInitializer implements BootstrapRegistryInitializer {

	private final @Nullable HeadStart headStart = HeadStart.begin();

	@Override
	public void initialize(BootstrapRegistry registry) {
		if (this.headStart != null) {
			registry.registerIfAbsent(HeadStart.class, InstanceSupplier.of(this.headStart));
		}
	}

}
