package engine

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// nameAbsentField gives a refusal of what was not found the field of the input that names it, where one can be told. A thing that
// does not exist and one that is hidden give the same field.
func nameAbsentField(err error, input any) error {
	refusal := (*market.Refusal)(nil)
	if !errors.As(err, &refusal) || refusal.Code != market.NotFound || refusal.Field != nil || refusal.Absent.What == "" {
		return err // or it is about the caller, and no field is wrong
	}
	field := fieldOfAbsent(idsOfInput(input), refusal.Absent)
	if field == "" {
		return err
	}
	named := *refusal
	named.Field = &field
	return &named
}

// inputID is an id of an input, and the path of its field.
type inputID struct {
	path string
	id   market.ID
}

// fieldOfAbsent is the field that has the id; or else the only field with an id, or the only one whose name or kind is that of the
// thing. "" where more than one could be meant.
func fieldOfAbsent(ids []inputID, thing market.AbsentThing) string {
	words := strings.Fields(thing.What)
	for _, isMeant := range []func(inputID) bool{
		func(i inputID) bool { return thing.ID != uuid.Nil && i.id.UUID == thing.ID },
		func(inputID) bool { return len(ids) == 1 },
		func(i inputID) bool { return strings.EqualFold(i.path, strings.Join(words, "")) },
		func(i inputID) bool { return strings.EqualFold(i.path, words[len(words)-1]) },
		func(i inputID) bool { return i.id.Kind == words[len(words)-1] },
	} {
		var found []string
		for _, i := range ids {
			if isMeant(i) {
				found = append(found, i.path)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return ""
}

// idsOfInput are the ids in the fields of an input, in its lists and in its inner inputs, with their paths: "needs.1".
func idsOfInput(input any) []inputID { return idsOfValue("", reflect.ValueOf(input)) }

func idsOfValue(path string, v reflect.Value) (all []inputID) {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case !v.IsValid():
		return nil
	case v.Type() == reflect.TypeFor[market.ID]():
		return []inputID{{path, v.Interface().(market.ID)}}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				all = append(all, idsOfValue(joinPath(path, fieldName(f.Name)), v.Field(i))...)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			all = append(all, idsOfValue(joinPath(path, fmt.Sprint(i)), v.Index(i))...)
		}
	}
	return all
}

func joinPath(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// fieldName is the name in the schema of a field of an input.
func fieldName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
