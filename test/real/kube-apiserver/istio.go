//go:build tools

package main

// Keeps istio.io/api in go.mod: the tests apply the CustomResourceDefinitions that this module carries.
import _ "istio.io/api/networking/v1"
